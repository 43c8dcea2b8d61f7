using System.Text;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Setup;

/// <summary><c>heliograph init</c> on an empty machine: a directory of its own, and ports that nobody uses.</summary>
internal sealed class InitRun : IDisposable
{
    private static readonly string[] OfThisMachine = ["openssl", "firewall", "clock", "descriptors", "memory", "state"];

    public TempDirectory Directory { get; } = new();

    public string File => Directory["heliograph.yaml"];

    public void Dispose() => Directory.Dispose();

    public Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) =>
        BuiltProgram.RunAsync(Arguments(arguments));

    public string[] Arguments(params string[] arguments) =>
        [
            "init",
            "--config",
            File,
            "--state-directory",
            Directory["state"],
            "--listen",
            "127.0.0.1:0",
            "--http-listen",
            "none",
            .. arguments,
        ];

    /// <summary>
    /// The text without what differs between machines: some findings, this test's directory, and whether the program is installed.
    /// </summary>
    public string Stable(string output)
    {
        var text = new StringBuilder();
        var skipping = false;
        foreach (var line in output.Split('\n'))
        {
            skipping = (skipping && line.StartsWith("                ", StringComparison.Ordinal))
                || Array.Exists(OfThisMachine, name => line.Length > 4 && line[4..].StartsWith(name + " ", StringComparison.Ordinal));
            if (!skipping)
                text.Append(line).Append('\n');
            else if (!line.StartsWith("    ", StringComparison.Ordinal))
                text.Append("  . ").Append(line[4..].Split(' ')[0]).Append('\n');
        }
        return text.ToString()[..^1]
            .Replace(Directory.Path, "/DIRECTORY", StringComparison.Ordinal)
            .Replace("  ./heliograph run", "  heliograph run", StringComparison.Ordinal);
    }
}
