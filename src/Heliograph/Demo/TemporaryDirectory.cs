namespace Heliograph.Demo;

/// <summary>A directory that only this user can read, for one demonstration; deleted at the end.</summary>
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
                $"the demonstration needs a temporary directory for its server, but {System.IO.Path.GetTempPath()} is not writable " +
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
            // It stays behind; the system cleans it up.
        }
        return ValueTask.CompletedTask;
    }
}
