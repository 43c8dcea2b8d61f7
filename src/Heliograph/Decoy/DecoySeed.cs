using System.Security.Cryptography;

namespace Heliograph.Decoy;

/// <summary>
/// The random number from which an installation's web site is made. Kept, because a site that changes with every restart would be
/// as odd as one that all installations share; secret, because it tells what the site looks like.
/// </summary>
internal static class DecoySeed
{
    public const int Length = 32;
    private const string FileName = "decoy.seed";

    /// <exception cref="DecoyException">The state directory cannot be used.</exception>
    public static byte[] LoadOrCreate(string stateDirectory)
    {
        var file = Path.Combine(Path.GetFullPath(stateDirectory), FileName);
        try
        {
            if (TryRead(file) is { } seed)
                return seed;
            Directory.CreateDirectory(Path.GetFullPath(stateDirectory), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return Create(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DecoyException(
                $"The decoy's seed {file} can be neither read nor written ({e.Message}); give the service a state_directory it may write to.", e);
        }
    }

    // Null: there is none. A file of another length is not taken for a seed, and not thrown away either.
    private static byte[]? TryRead(string file)
    {
        if (!File.Exists(file))
            return null;
        var seed = File.ReadAllBytes(file);
        return seed.Length == Length
            ? seed
            : throw new DecoyException($"The decoy's seed {file} is not {Length} bytes long; restore it, or delete it to get a new web site.");
    }

    // A crash leaves either no seed or a whole one: written under another name, then given its own. Who comes second takes the first's.
    private static byte[] Create(string file)
    {
        var seed = RandomNumberGenerator.GetBytes(Length);
        var draft = file + "." + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using (var stream = new FileStream(draft, options))
            {
                stream.Write(seed);
                stream.Flush(flushToDisk: true);
            }
            File.Move(draft, file, overwrite: false);
            return seed;
        }
        catch (IOException e) when (File.Exists(file))
        {
            return TryRead(file) ?? throw new DecoyException($"The decoy's seed {file} was removed while it was read; start again.", e);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
