using Heliograph.Platform;

namespace Heliograph.Hosting;

/// <summary>Where the program keeps what must survive a restart; one server at a time holds it.</summary>
internal sealed class StateDirectory : IAsyncDisposable
{
    private const string LockName = "server.lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The kernel releases it however the process ends, so it is never stale.</summary>
    private readonly IDisposable held;

    private StateDirectory(IDisposable held, string lockPath)
    {
        this.held = held;
        LockPath = lockPath;
    }

    /// <summary>The file that the holder has open.</summary>
    public string LockPath { get; }

    /// <summary>Creates the directory if it is missing, checks that it is writable, and locks it.</summary>
    /// <exception cref="StartException">It is not writable, or another server holds it.</exception>
    public static StateDirectory Open(string path)
    {
        RequirePossible(path);
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
            var lockPath = Path.Combine(path, LockName);
            return PlainFile.TryLock(lockPath) is { } held ? new(held, lockPath) : throw new StartException(
                $"another heliograph runs with the state directory {path}; stop it first, or choose another directory with " +
                $"--state-directory DIR");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(path, FileProblem.Describe(exception));
        }
    }

    /// <summary>
    /// Whether there can be such a directory at all; it creates nothing. Who may write to it depends on the server's user.
    /// </summary>
    /// <exception cref="StartException">A part of its path is a file.</exception>
    public static void RequirePossible(string path)
    {
        for (var part = path; part is not null; part = Path.GetDirectoryName(part))
        {
            if (File.Exists(part))
                throw NotWritable(path, part == path ? "it is a file" : $"{part} is a file");
        }
    }

    public ValueTask DisposeAsync()
    {
        held.Dispose();
        return ValueTask.CompletedTask;
    }

    private static StartException NotWritable(string path, string problem) =>
        new(
            $"state_directory: {path} cannot be written to by user {Environment.UserName} ({problem}); make it writable, or choose " +
            $"another directory with --state-directory DIR");
}
