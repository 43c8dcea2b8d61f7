using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Heliograph.Platform;

/// <summary>How a hook program ended.</summary>
/// <param name="ExitCode">Null if it did not end in time and was killed with its children.</param>
/// <param name="Output">The first 4 KB of its standard error, then of its standard output; if it failed, preceded by what may be wrong with
/// its file.</param>
public sealed record HookResult(int? ExitCode, string Output);

/// <summary>Runs the operator's own program: without a shell, for a limited time, keeping the beginning of its output.</summary>
public static class HookProgram
{
    private const int MaxOutput = 4096;

    /// <summary>For what the program wrote before it ended. A child that it leaves behind may keep its pipes for ever.</summary>
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    /// <param name="program">The path of an executable file.</param>
    /// <param name="arguments">Passed unchanged.</param>
    /// <param name="environment">The program's whole environment; null for this process's own.</param>
    /// <param name="timeout">After this time, the program is killed with its children.</param>
    /// <param name="cancellationToken">Kills it at once.</param>
    /// <exception cref="HookStartException">It cannot be started.</exception>
    public static async Task<HookResult> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        using var reading = new CancellationTokenSource();
        using var process = Start(program, arguments, environment);
        process.StandardInput.Close();
        var output = ReadBoundedAsync(process.StandardOutput, reading.Token);
        var errors = ReadBoundedAsync(process.StandardError, reading.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            reading.CancelAfter(OutputGrace);
            var written = await errors + " " + await output;
            var trouble = process.ExitCode == 0 ? null : HookFile.ExplainCarriageReturn(program);
            return new(process.ExitCode, trouble is null ? written : $"{trouble}; {written}");
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            cancellationToken.ThrowIfCancellationRequested();
            return new(null, "");
        }
        finally
        {
            await reading.CancelAsync();
            await Task.WhenAll(output, errors);
        }
    }

    private static Process Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        ArgumentNullException.ThrowIfNull(arguments);
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
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new HookStartException(HookFile.Explain(program, exception.NativeErrorCode), exception);
        }
    }

    /// <summary>
    /// Reads to the end or until it is cancelled, so that a full pipe never blocks the program, and keeps the beginning. Closes the pipe.
    /// </summary>
    private static async Task<string> ReadBoundedAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var kept = new StringBuilder();
        var buffer = new char[1024];
        try
        {
            int read;
            while ((read = await reader.ReadAsync(buffer, cancellationToken)) > 0)
                kept.Append(buffer, 0, Math.Min(read, MaxOutput - kept.Length));
        }
        catch (OperationCanceledException)
        {
            // The program has ended, and somebody else keeps the pipe open.
        }
        finally
        {
            reader.Dispose();
        }
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
            // It has just ended.
        }
    }
}
