using System.Globalization;
using Heliograph.Compare.Peers;

namespace Heliograph.Soak.Trouble;

/// <summary>What a process uses.</summary>
internal static class ServerUse
{
    public static int Threads(int process) => Directory.GetDirectories($"/proc/{process}/task").Length;

    public static long UserBytes(int process) => ProcessTree.PssBytes(ProcessTree.WithDescendants(process));

    /// <summary>What the slabs of the whole machine cannot give back.</summary>
    public static long MachineKernelBytes() => File.ReadLines("/proc/meminfo")
        .Where(static line => line.StartsWith("SUnreclaim:", StringComparison.Ordinal))
        .Select(static line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024)
        .First();
}
