using System.Security.Cryptography;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Libsignal;

/// <summary>
/// The small node project around Signal's client library. The library is an external tool (AGPL) that npm installs below
/// artifacts/, once for each lock file; nothing of it is part of this repository.
/// </summary>
public sealed class LibsignalProject : IAsyncLifetime
{
    private static readonly string Sources = Path.Combine(AppContext.BaseDirectory, "Libsignal");

    private string directory = "";

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OnPath("node") && OnPath("npm"), "node and npm are not installed (Debian: apt-get install nodejs npm)");
        var lockFile = await File.ReadAllBytesAsync(Path.Combine(Sources, "package-lock.json"), Bound.Token);
        directory = Path.GetFullPath(Path.Combine(
            AppContext.BaseDirectory, "..", "..", "..", "libsignal", Convert.ToHexString(SHA256.HashData(lockFile))[..16]));
        Directory.CreateDirectory(directory);
        foreach (var file in Directory.EnumerateFiles(Sources))
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)), overwrite: true);
        var installed = Path.Combine(directory, "installed");
        if (File.Exists(installed))
            return;
        var (exitCode, output, errors) = await ChildProcess.RunAsync(
            "npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], TimeSpan.FromMinutes(3), directory);
        Assert.True(exitCode == 0, $"npm ci failed:\n{output}{errors}");
        await File.WriteAllTextAsync(installed, "", Bound.Token);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs <c>driver.mjs</c>; the proxy's certificate must chain to the root.</summary>
    internal Task<(int ExitCode, string Output, string Errors)> DriveAsync(string rootPemFile, TimeSpan bound, params string[] arguments) =>
        DriveAsync([], rootPemFile, bound, arguments);

    /// <summary>The same in a wrapper, which becomes the program by exec.</summary>
    internal Task<(int ExitCode, string Output, string Errors)> DriveAsync(
        IReadOnlyList<string> wrapper, string rootPemFile, TimeSpan bound, params string[] arguments) =>
        ChildProcess.RunAsync(
            "env",
            [.. wrapper, "node", "driver.mjs", .. arguments],
            bound,
            directory,
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["SSL_CERT_FILE"] = rootPemFile, ["SSL_CERT_DIR"] = null });

    /// <summary>Starts <c>chat-server.mjs</c> and reads its port.</summary>
    internal async Task<(ChildProcess Server, int Port)> StartChatServerAsync(string chain, string key, int httpVersion)
    {
        var server = ChildProcess.Start("node", ["chat-server.mjs", chain, key, $"{httpVersion}"], directory);
        var line = await server.WaitForLineAsync(
            static line => line.StartsWith("port ", StringComparison.Ordinal), TimeSpan.FromSeconds(15));
        return (server, int.Parse(line[5..], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static bool OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
