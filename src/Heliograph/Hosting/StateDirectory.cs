namespace Heliograph.Hosting;

/// <summary>Where the program keeps what must survive a restart; one server at a time holds it.</summary>
internal sealed class StateDirectory : IAsyncDisposable
{
    private const string LockName = "server.lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>EWOULDBLOCK of flock(2), which the runtime passes on as the exception's HResult.</summary>
    private const int Held = 11;

    /// <summary>The kernel releases it however the process ends, so it is never stale.</summary>
    private readonly FileStream held;

    private StateDirectory(FileStream held) => this.held = held;

    /// <summary>Creates the directory if it is missing, checks that it is writable, and locks it.</summary>
    /// <exception cref="StartException">It is not writable, or another server holds it.</exception>
    public static StateDirectory Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
            return new(new FileStream(Path.Combine(path, LockName), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }));
        }
        catch (IOException exception) when (exception.HResult == Held)
        {
            throw new StartException(
                $"another heliograph runs with the state directory {path}; stop it first, or choose another directory with " +
                $"--state-directory DIR");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException(
                $"state_directory: {path} cannot be written to by user {Environment.UserName} ({FileProblem.Describe(exception)}); make " +
                $"it writable, or choose another directory with --state-directory DIR");
        }
    }

    public ValueTask DisposeAsync() => held.DisposeAsync();
}
