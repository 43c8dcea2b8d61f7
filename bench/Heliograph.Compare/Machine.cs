using System.Diagnostics;
using System.Runtime.InteropServices;
using Heliograph.Compare.Load;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare;

/// <summary>What a reader needs to interpret the figures: the processor, the kernel, the versions.</summary>
internal static class Machine
{
    public static IReadOnlyDictionary<string, string> Describe(ComparisonOptions options)
    {
        var machine = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["processor"] = ProcessorName() ?? RuntimeInformation.ProcessArchitecture.ToString(),
            ["kernel"] = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            [".NET"] = Environment.Version.ToString(),
            ["OpenSSL"] = OpenSsl.Version(),
            ["ipsec-mb"] = IpsecMbVersion() ?? "not installed",
        };
        if (options.Peers.Contains(PeerNames.Heliograph, StringComparer.Ordinal))
            machine["heliograph"] = FirstLine(options.HeliographCommand, "--version").Split(' ')[^1];
        if (options.Peers.Contains(PeerNames.Nginx, StringComparer.Ordinal))
            machine["nginx"] = FirstLine(Installed.Find("nginx")!, "-v").Split('/')[^1];
        if (options.Peers.Contains(PeerNames.HaProxy, StringComparer.Ordinal))
            machine["HAProxy"] = FirstLine(Installed.Find("haproxy")!, "-v")["HAProxy version ".Length..].Split(' ')[0];
        return machine;
    }

    private static string? ProcessorName() =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();

    /// <summary>From the longest name: libIPSec_MB.so.1 is a link to libIPSec_MB.so.1.3.0.</summary>
    private static string? IpsecMbVersion()
    {
        const string directory = "/usr/lib/x86_64-linux-gnu", prefix = "libIPSec_MB.so.";
        return Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory, prefix + "*").Select(Path.GetFileName).MaxBy(name => name!.Length)?[prefix.Length..]
            : null;
    }

    /// <summary>Asking heliograph for its version also makes its launcher build it, before anything is pinned or timed.</summary>
    private static string FirstLine(string program, string argument)
    {
        try
        {
            // Not pinned to the load's processor: a build is quicker on both.
            var start = new ProcessStartInfo("taskset", ["-c", $"{Processors.OfProxies},{Processors.OfLoad}", program, argument])
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
            throw new CompareException($"taskset could not be started ({exception.Message}); it is in the package util-linux");
        }
    }
}
