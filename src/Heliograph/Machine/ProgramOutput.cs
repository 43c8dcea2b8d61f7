using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Heliograph.Machine;

/// <summary>What a program of the system writes to standard output.</summary>
internal static class ProgramOutput
{
    /// <summary>The rules of a firewall that has thousands.</summary>
    private const int Longest = 4 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Debian's users do not have all of them in their PATH.</summary>
    private static readonly string[] Directories = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Null: there is no such program, or it does not end in time, or it writes too much.</summary>
    public static async Task<string?> ReadAsync(
        string program, IReadOnlyList<string> arguments, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(Patience, timeProvider);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
        using var process = Start(program, arguments);
        if (process is null)
            return null;
        try
        {
            process.StandardInput.Close();
            // Nobody reads its errors; without a reader a full pipe would block it.
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, limit.Token);
            var output = await ReadAsync(process.StandardOutput.BaseStream, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            await errors;
            return output;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static Process? Start(string program, IReadOnlyList<string> arguments)
    {
        if (Directories.Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists) is not { } path)
            return null;
        try
        {
            return Process.Start(
                new ProcessStartInfo(path, arguments)
                {
                    UseShellExecute = false,
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    Environment = { ["LC_ALL"] = "C" },
                });
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static async Task<string> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (kept.Length + read > Longest)
                throw new IOException("too long");
            kept.Write(buffer, 0, read);
        }
        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }
}
