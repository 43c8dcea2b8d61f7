using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>
/// .NET's diagnostics: whoever may open its socket gets the process's whole environment and a dump of its memory. The packaged programs
/// have none.
/// </summary>
public sealed class DiagnosticsTests(Packages packages)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public Task The_native_program_opens_no_diagnostics_socket_whatever_the_environment_says() =>
        OpensNoSocketAsync(Path.Combine(packages.Native, "heliograph"));

    [Fact]
    public Task The_portable_program_opens_no_diagnostics_socket_whatever_the_environment_says() =>
        OpensNoSocketAsync(Path.Combine(packages.Portable, "heliograph"));

    private static async Task OpensNoSocketAsync(string program)
    {
        using var directory = new TempDirectory();
        await using var server = ChildProcess.Start(
            program,
            [
                "run", "--domain", "proxy.example", "--certificate-source", "self-signed", "--listen", "127.0.0.1:0",
                "--http-listen", "none", "--state-directory", directory["state"],
            ],
            directory.Path,
            // Each of them turns it on, or adds a socket, in a program that has the diagnostics compiled in.
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["DOTNET_EnableDiagnostics"] = "1",
                ["DOTNET_EnableDiagnostics_IPC"] = "1",
                ["DOTNET_EnableDiagnostics_Debugger"] = "1",
                ["DOTNET_DiagnosticPorts"] = directory["added-diagnostic-port"] + ",listen,nosuspend",
            });
        await server.WaitForLineAsync(static line => line == "ready", Limit);
        string[] written = [.. Directory.EnumerateFileSystemEntries(server.TemporaryDirectory), .. await UnixSocketsAsync(server.Id)];
        Assert.DoesNotContain(written, static path => path.Contains("diagnostic", StringComparison.Ordinal));
        // The debugger's pipes.
        Assert.DoesNotContain(written, static path => path.Contains("clr-debug-pipe", StringComparison.Ordinal));
    }

    /// <summary>
    /// The names of a process's unix sockets, in the file system or (with an @) not. /proc/net/unix: the inode, then the name.
    /// </summary>
    private static async Task<IEnumerable<string>> UnixSocketsAsync(int process)
    {
        var open = Directory
            .EnumerateFileSystemEntries($"/proc/{process}/fd")
            .Select(static descriptor => File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name)
            .ToHashSet(StringComparer.Ordinal);
        return (await File.ReadAllLinesAsync("/proc/net/unix", Tool.Token))
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields is [_, _, _, _, _, _, var inode, _, ..] && open.Contains($"socket:[{inode}]"))
            .Select(static fields => fields[7]);
    }
}
