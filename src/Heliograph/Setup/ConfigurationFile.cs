using System.Text;
using Heliograph.Platform;

namespace Heliograph.Setup;

/// <summary>Writes a configuration file atomically, readable only by its owner and the service.</summary>
internal static class ConfigurationFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode DirectoryMode =
        OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Whether there is a file that sets nothing: a copy of the package's example has only comments.</summary>
    public static bool IsBlank(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadLines(path).All(static line => line.TrimStart() is "" or ['#', ..]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{path} cannot be read by user {Environment.UserName} ({FileProblem.Describe(exception)}); "
                + "use sudo, or name another file with --config FILE");
        }
    }

    /// <param name="path">The file to write.</param>
    /// <param name="text">Its whole content.</param>
    /// <param name="replace">Whether to replace an existing file.</param>
    /// <exception cref="StartException">It cannot be written, or already exists.</exception>
    public static void Write(string path, string text, bool replace)
    {
        var temporary = $"{path}.{Environment.ProcessId}.new";
        try
        {
            var directory = Path.GetDirectoryName(path)!;
            Directory.CreateDirectory(directory, DirectoryMode);
            try
            {
                using (var file = new FileStream(temporary,
                    new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
                {
                    file.Write(Encoding.UTF8.GetBytes(text));
                    file.Flush(flushToDisk: true);
                }
                ShareWithService(temporary, directory);
                File.Move(temporary, path, replace);
            }
            finally
            {
                File.Delete(temporary);
            }
        }
        catch (IOException) when (!replace && File.Exists(path))
        {
            throw new StartException($"{path} already exists; --force replaces it, --config FILE names another", ExitCode.BadUsage);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{path} cannot be written by user {Environment.UserName} ({FileProblem.Describe(exception)}); "
                + "use sudo, or name another file with --config FILE");
        }
    }

    /// <summary>
    /// The file may hold secrets (a TSIG key), so only its owner may read it. If root writes it for a service that runs as another user,
    /// that user's group may read it too: the group of the directory, which a package created for it, or the group named after the service.
    /// </summary>
    private static void ShareWithService(string file, string directory)
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        var group = FileOwner.OfPath(directory) is { Group: > 0 } owner ? owner.Group : ServiceGroup.Find();
        if (group is { } found && new FileOwner(0, found).TryGive(file))
            File.SetUnixFileMode(file, OwnerOnly | UnixFileMode.GroupRead);
    }
}
