using System.Globalization;

namespace Heliograph;

/// <summary>
/// The kernel's group of processes that this one is in: systemd makes one for each service, and Docker for each container.
/// </summary>
internal static class ControlGroup
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>How many more threads the group and those above it allow; the largest number where nothing is known of a limit.</summary>
    public static long FreeTasks(string membership = "/proc/self/cgroup", string root = Root)
    {
        try
        {
            return File.ReadLines(membership)
                .Select(static line => line.Split(':', 3))
                .Select(fields => fields switch
                {
                    // cgroups(7): version 2, and version 1 with the hierarchy of this controller.
                    ["0", "", var path] => FreeBelow(root, path),
                    [_, "pids", var path] => FreeBelow(Path.Combine(root, "pids"), path),
                    _ => long.MaxValue,
                })
                .Min();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return long.MaxValue;
        }
    }

    private static long FreeBelow(string hierarchy, string path)
    {
        var free = long.MaxValue;
        // A container may see its own group as the root, whatever the path says.
        for (var group = path; group is not null; group = Path.GetDirectoryName(group))
            free = Math.Min(free, FreeTasksIn(hierarchy + group));
        return free;
    }

    private static long FreeTasksIn(string group) =>
        Number(Path.Combine(group, "pids.max")) is { } most && Number(Path.Combine(group, "pids.current")) is { } current
            ? most - current
            : long.MaxValue;

    private static long? Number(string file) =>
        File.Exists(file) && long.TryParse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture, out var number) ? number : null;
}
