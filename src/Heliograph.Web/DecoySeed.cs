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
}
