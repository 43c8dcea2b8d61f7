using System.Runtime.InteropServices;

namespace Heliograph.Machine;

/// <summary>Checks whether the state directory is writable and has room. The check creates nothing.</summary>
internal static partial class StateCheck
{
    public const string Name = "state";
    private const long Megabyte = 1024 * 1024;

    /// <summary>Everything kept there is well below 1 MB; a disk this full is about to stop everything else as well.</summary>
    private const long Little = 50 * Megabyte;

    /// <summary>W_OK and X_OK of access(2): creating a file needs both.</summary>
    private const int MayCreateFiles = 2 | 1;

    public static Finding Run(string directory)
    {
        var existing = directory;
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } parent)
            existing = parent;
        try
        {
            return Evaluate(
                directory,
                exists: existing == directory,
                writable: Access(existing, MayCreateFiles) == 0,
                new DriveInfo(existing).AvailableFreeSpace);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new(
                Name,
                Severity.Failure,
                $"{directory} cannot be accessed ({FileProblem.Describe(exception)})",
                "Choose another one in state_directory.");
        }
    }

    /// <param name="directory">The state directory.</param>
    /// <param name="exists">Whether it exists.</param>
    /// <param name="writable">Whether this user may create files in it, or create it.</param>
    /// <param name="free">Free bytes on its disk.</param>
    public static Finding Evaluate(string directory, bool exists, bool writable, long free)
    {
        var room = free < 10 * Megabyte ? $"{free / 1024} KB" : $"{free / Megabyte} MB";
        var seen = $"{directory}, {(exists ? "" : "not created yet, ")}{room} free";
        if (!writable)
            return new(
                Name,
                Severity.Failure,
                $"user {Environment.UserName} cannot write to {directory}",
                "Run heliograph as its owner (a service, or sudo), or choose another one in state_directory.");
        return free < Megabyte
                ? new(Name, Severity.Failure, seen, "Free some disk space: without it no certificate can be stored, so none is requested.")
            : free < Little ? new(Name, Severity.Warning, seen, "Free some disk space.")
            : new(Name, Severity.Ok, seen);
    }

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
