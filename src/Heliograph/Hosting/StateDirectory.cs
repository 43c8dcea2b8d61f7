namespace Heliograph.Hosting;

/// <summary>Where the program keeps what must outlive it.</summary>
internal static class StateDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the directory if it is missing, and proves that it can be written to.</summary>
    /// <exception cref="StartException">It cannot.</exception>
    public static void Prepare(string path)
    {
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
            using var probe = new FileStream(Path.Combine(path, $".probe-{Environment.ProcessId}"), new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Options = FileOptions.DeleteOnClose,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"state_directory: {path} cannot be written to by user {Environment.UserName} ({FileProblem.Describe(e)}); make it writable, or name another with --state-directory DIR");
        }
    }
}
