using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Heliograph.Acme;

/// <summary>How a program of the operator's ended.</summary>
/// <param name="ExitCode">Null: it did not end in time, and was killed with its children.</param>
/// <param name="Said">The beginning of what it wrote, errors first.</param>
internal sealed record HookResult(int? ExitCode, string Said);

/// <summary>Runs a program of the operator's: without a shell, for a bounded time, and with the beginning of its output kept.</summary>
internal static class HookProgram
{
    private const int MaxOutput = 4096;

    /// <param name="program">The path of an executable file.</param>
    /// <param name="arguments">Passed on as they are.</param>
    /// <param name="environment">All that it sees; null: what this process sees.</param>
    /// <param name="timeout">After that it is killed with its children.</param>
    /// <param name="stop">Kills it at once.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static async Task<HookResult> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment, TimeSpan timeout, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        using var process = Start(program, arguments, environment);
        try
        {
            process.StandardInput.Close();
            var output = ReadBoundedAsync(process.StandardOutput, limit.Token);
            var errors = ReadBoundedAsync(process.StandardError, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new(process.ExitCode, await errors + " " + await output);
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            stop.ThrowIfCancellationRequested();
            return new(null, "");
        }
    }

    private static Process Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in environment)
                start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }

    /// <summary>Reads on to the end, so that the program is never stuck in a full pipe, and keeps the beginning.</summary>
    private static async Task<string> ReadBoundedAsync(StreamReader reader, CancellationToken stop)
    {
        var kept = new StringBuilder();
        var buffer = new char[1024];
        int read;
        while ((read = await reader.ReadAsync(buffer, stop)) > 0)
            kept.Append(buffer, 0, Math.Min(read, MaxOutput - kept.Length));
        return kept.ToString();
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended in this moment.
        }
    }
}
