using System.Globalization;

namespace Heliograph;

/// <summary>What the kernel has to allow this process, so that it can serve anybody. A lack shows at the start only here.</summary>
internal static class ResourceLimits
{
    /// <summary>
    /// At rest, the portable build has 134 descriptors on two processors, and the packaged one 24; a loop on a further processor takes two.
    /// The rest is for some connections.
    /// </summary>
    public static readonly long LeastDescriptors = 192 + (4L * Environment.ProcessorCount);

    /// <summary>At rest it has up to 17 threads on two processors, one for each further one, and for some moments a few more.</summary>
    private static readonly long LeastThreads = 20 + Environment.ProcessorCount;

    /// <summary>
    /// The collector reserves half of what is allowed, and the C library 64 MB for each thread: measured, the portable build aborts with 3
    /// GB, and the packaged one with 1 GB. None of it is memory.
    /// </summary>
    private const long LeastAddressSpace = 8_000_000_000;

    /// <exception cref="StartException">One of them is too low.</exception>
    public static void Require()
    {
        if (ProcessSetup.FileLimit() is var files && files < LeastDescriptors)
            throw new StartException(DescribeDescriptors(files));
        if (ProcessSetup.AddressSpaceLimit() is var space && space < LeastAddressSpace)
            throw new StartException(
                $"this process may have {space / 1_000_000} MB of address space, and needs {LeastAddressSpace / 1_000_000}, most of " +
                $"which it only reserves; lift the limit: ulimit -v unlimited, or LimitAS=infinity in a systemd unit");
        if (FreeThreads() is var threads && threads < LeastThreads)
            throw new StartException(
                $"this process may start {Math.Max(threads, 0)} more threads, and needs {LeastThreads}; raise the limit: LimitNPROC= and " +
                $"TasksMax= of a systemd unit, pids_limit of a container, or ulimit -u");
    }

    /// <summary>What is wrong with a limit below <see cref="LeastDescriptors"/>, and what to do.</summary>
    public static string DescribeDescriptors(long files) =>
        $"this process may have {files} open files, and needs {LeastDescriptors} to serve anybody; raise the limit: LimitNOFILE= of a " +
        $"systemd unit, ulimits of a container, or ulimit -n";

    private static long FreeThreads()
    {
        var room = ControlGroup.FreeTasks();
        // The limit of a user binds nobody with CAP_SYS_RESOURCE (getrlimit(2)).
        return Environment.IsPrivilegedProcess ? room : Math.Min(room, ProcessSetup.ThreadLimit() - ThreadsOfThisUser());
    }

    /// <summary>All processes of a user share the limit.</summary>
    private static long ThreadsOfThisUser()
    {
        var user = Field("/proc/self/status", "Uid:");
        return Directory
            .EnumerateDirectories("/proc")
            .Where(static path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
            .Select(static path => Path.Combine(path, "status"))
            .Where(status => Field(status, "Uid:") == user)
            .Sum(static status => long.TryParse(Field(status, "Threads:"), CultureInfo.InvariantCulture, out var threads) ? threads : 0);
    }

    /// <summary>The first word behind a name: the real user, or the number.</summary>
    private static string? Field(string status, string name)
    {
        try
        {
            return File.ReadLines(status)
                .Where(line => line.StartsWith(name, StringComparison.Ordinal))
                .Select(line => line[name.Length..].Trim().Split('\t')[0])
                .FirstOrDefault();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended.
            return null;
        }
    }
}
