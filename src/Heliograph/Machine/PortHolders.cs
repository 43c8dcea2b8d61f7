using System.Globalization;

namespace Heliograph.Machine;

/// <param name="Program">The name by which the kernel knows the program, at most 15 letters.</param>
/// <param name="Process">Its process id.</param>
internal sealed record PortHolder(string Program, int Process)
{
    /// <summary>In place of a name that cannot be read.</summary>
    public const string Unknown = "a program";

    public bool IsUnknown => Program == Unknown;

    /// <summary>It publishes the port of a container, and nobody knows whose that is.</summary>
    public bool IsOfContainer => Program is "docker-proxy" or "rootlessport" or "conmon";
}

/// <summary>
/// Finds who listens on a port, by /proc (proc_pid_net(5), proc_pid_fd(5)). Root sees every process, others only their own.
/// </summary>
internal static class PortHolders
{
    private const string Listening = "0A";
    private static readonly string[] Tables = ["net/tcp", "net/tcp6"];

    /// <summary>A listener that forked workers is listed once, by its oldest process.</summary>
    private const int MostListed = 3;

    public static IReadOnlyList<PortHolder> Find(int port, string proc = "/proc")
    {
        var sockets = Tables.SelectMany(table => Sockets(Path.Combine(proc, table), port)).ToHashSet(StringComparer.Ordinal);
        return sockets.Count == 0 ? [] :
        [
            .. Processes(proc).Where(process => Holds(Path.Combine(proc, Number(process)), sockets))
                .Select(process => new PortHolder(ReadProgram(Path.Combine(proc, Number(process))), process))
                .DistinctBy(static holder => holder.Program, StringComparer.Ordinal)
                .Take(MostListed),
        ];
    }

    /// <summary>Whether anybody listens on a port, which every user may know.</summary>
    public static bool IsListening(int port, string proc = "/proc") => Tables.Any(table => Sockets(Path.Combine(proc, table), port).Any());

    /// <summary>The names by which the kernel knows the programs that run.</summary>
    public static IEnumerable<string> Programs(string proc = "/proc") =>
        Processes(proc).Select(process => ReadProgram(Path.Combine(proc, Number(process))));

    /// <summary>What the descriptors of the owners of listening sockets link to.</summary>
    private static IEnumerable<string> Sockets(string table, int port)
    {
        var local = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        // "sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ..."
        return Lines(table).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[1].EndsWith(local, StringComparison.Ordinal) && fields[3] == Listening)
            .Select(static fields => $"socket:[{fields[9]}]");
    }

    private static IEnumerable<int> Processes(string proc) =>
        Directory
            .EnumerateDirectories(proc)
            .Select(static path =>
                int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var process) ? process : 0)
            .Where(static process => process > 0)
            .Order();

    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory
                .EnumerateFileSystemEntries(Path.Combine(process, "fd"))
                .Any(descriptor => new FileInfo(descriptor).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The process has ended, or belongs to another user.
            return false;
        }
    }

    private static string ReadProgram(string process) => Lines(Path.Combine(process, "comm")).FirstOrDefault(PortHolder.Unknown);

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Number(int process) => process.ToString(CultureInfo.InvariantCulture);
}
