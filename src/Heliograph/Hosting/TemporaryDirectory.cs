namespace Heliograph.Hosting;

/// <summary>A directory that only this user may look into, for this process alone, so that two servers on a machine never take each other's sockets; gone at the end.</summary>
internal sealed class TemporaryDirectory : IAsyncDisposable
{
    /// <exception cref="StartException">There is no place for it.</exception>
    public TemporaryDirectory()
    {
        try
        {
            Path = Directory.CreateTempSubdirectory("heliograph-").FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"the sockets of the decoy web site need a temporary directory, and {System.IO.Path.GetTempPath()} cannot be written to ({FileProblem.Describe(exception)}); make it writable, or name another in the environment variable TMPDIR");
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
            // An empty directory under /tmp is left behind; the system clears it away.
        }
        return ValueTask.CompletedTask;
    }
}
