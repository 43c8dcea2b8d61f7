using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare;

/// <summary>What a reader needs to interpret the figures: the processor, the kernel, the versions.</summary>
internal static partial class Machine
{
    private static readonly string[] LibraryDirectories =
        ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];

    public static IReadOnlyDictionary<string, string> Describe(ComparisonOptions options, ProcessorPlan processors, PeerRoot root)
    {
        var machine = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["processor"] = ProcessorName() ?? RuntimeInformation.ProcessArchitecture.ToString(),
            ["kernel"] = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            [".NET"] = Environment.Version.ToString(),
            ["OpenSSL"] = OpenSslVersion(root) ?? "unknown",
            ["ipsec-mb"] = IpsecMbVersion(root) ?? "not installed",
            ["system"] = SystemName(root) ?? "unknown",
            ["proxies on"] = processors.OfProxies,
            ["load on"] = string.Join(',', processors.OfLoad),
        };
        if (options.Peers.Contains(PeerNames.Heliograph, StringComparer.Ordinal))
            machine["heliograph"] = FirstLine(new PeerRoot(null), options.HeliographCommand, "--version").Split(' ')[^1];
        if (options.Peers.Contains(PeerNames.Nginx, StringComparer.Ordinal))
            machine["nginx"] = FirstLine(root, Installed.Find("nginx", root)!, "-v").Split('/')[^1];
        if (options.Peers.Contains(PeerNames.HaProxy, StringComparer.Ordinal))
            machine["HAProxy"] = FirstLine(root, Installed.Find("haproxy", root)!, "-v")["HAProxy version ".Length..].Split(' ')[0];
        return machine;
    }

    private static string? ProcessorName() =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();

    /// <summary>From the longest name: libIPSec_MB.so.1 is a link to libIPSec_MB.so.1.3.0.</summary>
    private static string? IpsecMbVersion(PeerRoot root)
    {
        const string prefix = "libIPSec_MB.so.";
        return Libraries(root, prefix + "*").Select(Path.GetFileName).MaxBy(static name => name!.Length)?[prefix.Length..];
    }

    /// <summary>"3.0.19", from "OpenSSL 3.0.19 27 Jan 2026" in the library: the program may not be installed.</summary>
    private static string? OpenSslVersion(PeerRoot root) => Libraries(root, "libcrypto.so.3")
        .Select(static path => OpenSslVersionText().Match(Encoding.Latin1.GetString(File.ReadAllBytes(path))))
        .FirstOrDefault(static match => match.Success)?.Groups["version"].Value;

    private static string? SystemName(PeerRoot root) => File.ReadLines(root.PathOf("/etc/os-release"))
        .FirstOrDefault(static line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))?.Split('=', 2)[1].Trim('"');

    private static IEnumerable<string> Libraries(PeerRoot root, string pattern) =>
        LibraryDirectories
            .Select(root.PathOf)
            .Where(Directory.Exists)
            .SelectMany(directory => Directory.EnumerateFiles(directory, pattern));

    [GeneratedRegex(
        @"OpenSSL (?<version>\d+\.\d+\.\d+)[^ ]* \d+ [A-Z][a-z]+ \d{4}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex OpenSslVersionText();

    /// <summary>Asking heliograph for its version also makes its launcher build it, before anything is pinned or timed.</summary>
    private static string FirstLine(PeerRoot root, string program, string argument)
    {
        try
        {
            string[] command = [.. root.Enter(program, argument)];
            var start = new ProcessStartInfo(command[0], command[1..])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            var words = output + error.GetAwaiter().GetResult();
            if (process.ExitCode != 0)
                throw new CompareException($"{program} {argument} exited with code {process.ExitCode}: {words.Trim().Split('\n')[^1]}");
            return words.Trim().Split('\n')[0].Trim();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new CompareException($"{program} could not be started: {exception.Message}");
        }
    }
}
