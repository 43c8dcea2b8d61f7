namespace Heliograph.Hosting;

/// <summary>
/// A directory that only this user can read, for this process alone, so that two servers on one machine never use each other's sockets;
/// deleted at the end.
/// </summary>
internal sealed class TemporaryDirectory : IAsyncDisposable
{
    /// <exception cref="StartException">It cannot be created.</exception>
    public TemporaryDirectory()
    {
        try
        {
            Path = Directory.CreateTempSubdirectory("heliograph-").FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException(
                $"the decoy web site needs a temporary directory for its sockets, but {System.IO.Path.GetTempPath()} is not writable " +
                $"({FileProblem.Describe(exception)}); make it writable, or set the environment variable TMPDIR to another directory");
        }
    }

    public string Path { get; }

    public ValueTask DisposeAsync()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // An empty directory stays behind under /tmp; the system cleans it up.
        }
        return ValueTask.CompletedTask;
    }
}
