using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Heliograph.Compare.Peers;

/// <summary>A process of a proxy, pinned to the proxies' processors. Whoever starts one ends it.</summary>
internal sealed partial class ProxyProcess : IDisposable
{
    private const int EndSeconds = 5;
    private const int SigTerm = 15;
    private const int SigKill = 9;

    private readonly Process process;
    private readonly string output;
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly Lock gate = new();
    private bool ended;

    private ProxyProcess(Process process, string output)
    {
        this.process = process;
        this.output = output;
    }

    public bool HasExited => process.HasExited;

    /// <summary>The process and its current descendants.</summary>
    public IReadOnlyList<int> Tree => ProcessTree.WithDescendants(process.Id);

    /// <summary>Starts a command on some processors; its output goes to a file.</summary>
    public static ProxyProcess Start(string processors, string output, params IEnumerable<string> command)
    {
        // The shell and taskset become the command, so the process id stays.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (
            var argument in (IEnumerable<string>)
                ["-c", "out=$1; shift; exec \"$@\" </dev/null >\"$out\" 2>&1", "sh", output, "taskset", "-c", processors])
            start.ArgumentList.Add(argument);
        foreach (var argument in command)
            start.ArgumentList.Add(argument);
        return new ProxyProcess(Process.Start(start)!, output);
    }

    /// <summary>Waits until it prints a line; returns the time since its start, to the millisecond.</summary>
    public TimeSpan WaitForLine(string line, TimeSpan limit)
    {
        while (!File.Exists(output) || !File.ReadLines(output).Contains(line, StringComparer.Ordinal))
        {
            if (HasExited || Stopwatch.GetElapsedTime(started) > limit)
                throw new CompareException($"it did not print \"{line}\" but: {LastWords()}");
            Thread.Sleep(1);
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>The last lines that the process wrote.</summary>
    public string LastWords() => string.Join(" | ", File.ReadLines(output).TakeLast(5));

    public void Dispose()
    {
        lock (gate)
        {
            if (ended)
                return;
            ended = true;
        }

        var tree = process.HasExited ? [] : Tree;
        if (tree.Count > 0)
            _ = Kill(process.Id, SigTerm);
        if (!process.WaitForExit(TimeSpan.FromSeconds(EndSeconds)))
        {
            foreach (var pid in tree)
                _ = Kill(pid, SigKill);
            process.WaitForExit();
        }

        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
