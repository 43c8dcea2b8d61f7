using System.Runtime.InteropServices;

namespace Heliograph.Machine;

/// <summary>Can the state directory be written to, and is there room? Nothing is made by looking.</summary>
internal static partial class StateCheck
{
    public const string Name = "state";
    private const long Megabyte = 1024 * 1024;

    /// <summary>All that is kept there is well below 1 MB; a disk this full is about to stop everything else as well.</summary>
    private const long Little = 50 * Megabyte;

    /// <summary>W_OK and X_OK of access(2): making a file takes both.</summary>
    private const int MayMakeFiles = 2 | 1;

    public static Finding Run(string directory)
    {
        var there = directory;
        while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { } parent)
            there = parent;
        try
        {
            return Evaluate(directory, exists: there == directory, writable: Access(there, MayMakeFiles) == 0, new DriveInfo(there).AvailableFreeSpace);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new(Name, Severity.Failure, $"{directory} cannot be looked at ({FileProblem.Describe(exception)})", "Name another one in state_directory.");
        }
    }

    /// <param name="directory">The state directory.</param>
    /// <param name="exists">Whether it is there already.</param>
    /// <param name="writable">Whether this user may make files in it, or may make it.</param>
    /// <param name="free">Bytes on its disk.</param>
    public static Finding Evaluate(string directory, bool exists, bool writable, long free)
    {
        var seen = $"{directory}, {(exists ? "" : "not there yet, ")}{(free < 10 * Megabyte ? $"{free / 1024} KB" : $"{free / Megabyte} MB")} free";
        if (!writable)
            return new(Name, Severity.Failure, $"user {Environment.UserName} may not write to {directory}", "Run heliograph as its owner (a service, or sudo), or name another one in state_directory.");
        return free < Megabyte ? new(Name, Severity.Failure, seen, "Make room: without it no certificate can be kept, so none is asked for.")
            : free < Little ? new(Name, Severity.Warning, seen, "Make room on the disk.")
            : new(Name, Severity.Ok, seen);
    }

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
