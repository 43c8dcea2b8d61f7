using System.Security.Cryptography;
using Heliograph.Platform;

namespace Heliograph.Web;

/// <summary>
/// The random number from which an installation's web site is generated. It is kept, because a site that changes with every restart
/// would be as odd as one that all installations share; it is secret, because it determines the site.
/// </summary>
public static class DecoySeed
{
    /// <summary>32 bytes.</summary>
    public const int Length = 32;

    private const string FileName = "decoy.seed";

    /// <summary>The seed in this state directory; creates one if there is none.</summary>
    /// <exception cref="WebServerException">The state directory cannot be used, or the seed is damaged: a damaged seed is neither
    /// used nor replaced.</exception>
    public static byte[] LoadOrCreate(PrivateDirectory stateDirectory)
    {
        ArgumentNullException.ThrowIfNull(stateDirectory);
        try
        {
            var seed = stateDirectory.ReadOrCreate(FileName, static () => RandomNumberGenerator.GetBytes(Length));
            return seed.Length == Length ? seed : throw new WebServerException(
                $"The decoy's seed {Path.Combine(stateDirectory.Path, FileName)} is not {Length} bytes long; " +
                "restore it, or delete it to get a new web site.");
        }
        catch (StorageException exception)
        {
            throw new WebServerException(exception.Message, exception);
        }
    }

    /// <summary>The seed in a file of the operator's, which several machines may have. Nothing is created.</summary>
    /// <exception cref="WebServerException">The file cannot be read, or is no seed.</exception>
    public static byte[] Load(string path)
    {
        try
        {
            var file = new FileInfo(path);
            // In a volume of Kubernetes it is a link, whose own length is that of the path in it.
            if (((file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo) ?? file).Length != Length)
                // A pipe too: it has no length, and opening it would wait for a writer.
                throw new WebServerException($"The decoy's seed {path} (decoy.seed_file) is not {Length} bytes long; {HowToHaveOne(path)}");
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new WebServerException($"The decoy's seed {path} (decoy.seed_file) does not exist; {HowToHaveOne(path)}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new WebServerException(
                $"The decoy's seed {path} (decoy.seed_file) cannot be read: {exception.Message} Give the service permission to read it.",
                exception);
        }
    }

    private static string HowToHaveOne(string path) =>
        "copy decoy.seed from the state directory of the machine whose site it shall be, or draw a new one: " +
        $"head -c {Length} /dev/urandom > {path}";
}
