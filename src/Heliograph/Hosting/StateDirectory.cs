namespace Heliograph.Hosting;

/// <summary>Where the program keeps what must outlive it; one server at a time has it.</summary>
internal sealed class StateDirectory : IAsyncDisposable
{
    private const string LockName = "server.lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>EWOULDBLOCK of flock(2), which the runtime hands on as the exception's HResult.</summary>
    private const int Held = 11;

    /// <summary>Released by the kernel however the process ends, so that it is never stale.</summary>
    private readonly FileStream held;

    private StateDirectory(FileStream held) => this.held = held;

    /// <summary>Makes the directory if it is missing, proves that it can be written to, and holds it.</summary>
    /// <exception cref="StartException">It cannot be written to, or another server has it.</exception>
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
            throw new StartException($"another heliograph runs with the state directory {path}; stop it first, or name another with --state-directory DIR");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"state_directory: {path} cannot be written to by user {Environment.UserName} ({FileProblem.Describe(exception)}); make it writable, or name another with --state-directory DIR");
        }
    }

    public ValueTask DisposeAsync() => held.DisposeAsync();
}
