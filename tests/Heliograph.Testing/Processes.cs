using System.Globalization;

namespace Heliograph.Testing;

/// <summary>What /proc reports about processes.</summary>
public static class Processes
{
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGKILL = 9;
    public const int SIGUSR1 = 10;
    public const int SIGTERM = 15;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;

    /// <summary>VmRSS of one process.</summary>
    public static long ResidentBytes(int pid) => Status(pid, "VmRSS") is { } text
        ? long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) * 1024
        : throw new InvalidOperationException($"process {pid} has no VmRSS; it has ended");

    /// <summary>A field of /proc/PID/status, or null.</summary>
    public static string? Status(int pid, string field) => File.ReadLines($"/proc/{pid}/status")
        .Where(line => line.StartsWith(field + ":", StringComparison.Ordinal))
        .Select(line => line[(field.Length + 1)..].Trim())
        .FirstOrDefault();

    /// <summary>The children of a process: nginx's workers.</summary>
    public static IReadOnlyList<int> Children(int pid) =>
        [
            .. Directory
                .EnumerateDirectories($"/proc/{pid}/task")
                .SelectMany(task =>
                    File.ReadAllText(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Select(child => int.Parse(child, CultureInfo.InvariantCulture)),
        ];

    /// <summary>Processor time, in user and kernel mode.</summary>
    public static TimeSpan CpuTime(int pid)
    {
        using var process = System.Diagnostics.Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }

    /// <summary>Open file descriptors.</summary>
    public static int OpenFiles(int pid) => Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Count();
}
