using System.Buffers.Binary;
using System.Security.Cryptography;
using Heliograph.Platform;

namespace Heliograph.Web;

/// <summary>
/// From what an installation's web site is generated: a random number, and the day on which it was drawn. It is kept, because a site
/// that changes with every restart would be as odd as one that all installations share; it is secret, because it determines the site.
/// The day goes with it, so that machines that are given one seed show one site.
/// </summary>
/// <param name="Random">32 bytes.</param>
/// <param name="InstalledOn">The day, in UTC.</param>
public sealed record DecoySeed(byte[] Random, DateOnly InstalledOn)
{
    /// <summary>The bytes of the random number.</summary>
    public const int RandomLength = 32;

    /// <summary>The bytes of the file: the random number and the day, counted from 0001-01-01.</summary>
    public const int Length = RandomLength + sizeof(int);

    /// <summary>In the state directory.</summary>
    public const string FileName = "decoy.seed";

    /// <summary>The seed in this state directory; creates one if there is none.</summary>
    /// <param name="stateDirectory">Where it is kept.</param>
    /// <param name="timeProvider">Gives the day to a new one.</param>
    /// <exception cref="WebServerException">The state directory cannot be used, or the seed is damaged: a damaged seed is neither
    /// used nor replaced.</exception>
    public static DecoySeed LoadOrCreate(PrivateDirectory stateDirectory, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(stateDirectory);
        ArgumentNullException.ThrowIfNull(timeProvider);
        var path = Path.Combine(stateDirectory.Path, FileName);
        try
        {
            var bytes = stateDirectory.ReadOrCreate(FileName, () => Write(
                RandomNumberGenerator.GetBytes(RandomLength), DateOnly.FromDateTime(timeProvider.GetUtcNow().UtcDateTime)));
            // A seed from before it had a day is as old as its file.
            return bytes.Length == RandomLength ? new(bytes, DateOnly.FromDateTime(File.GetLastWriteTimeUtc(path)))
                : Read(bytes) ?? throw new WebServerException(
                    $"The decoy's seed {path} is damaged: it is not {Length} bytes long, or its last four are no day; " +
                    "restore it, or delete it to get a new web site.");
        }
        catch (StorageException exception)
        {
            throw new WebServerException(exception.Message, exception);
        }
    }

    /// <summary>The seed in a file of the operator's, which several machines may have. Nothing is created.</summary>
    /// <exception cref="WebServerException">The file cannot be read, or is no seed.</exception>
    public static DecoySeed Load(string path)
    {
        try
        {
            var file = new FileInfo(path);
            // In a volume of Kubernetes it is a link, whose own length is that of the path in it.
            var length = ((file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo) ?? file).Length;
            // A pipe has no length, and opening it would wait for a writer.
            var bytes = length is RandomLength or Length ? File.ReadAllBytes(path) : [];
            return bytes.Length == RandomLength ? new(bytes, DayOf(bytes)) : Read(bytes) ?? throw new WebServerException(
                $"The decoy's seed {path} (decoy.seed_file) is not {RandomLength} bytes long; {HowToHaveOne(path)}");
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

    /// <summary>The seed in bytes that <see cref="ToBytes"/> made; null: they are none.</summary>
    public static DecoySeed? Parse(ReadOnlySpan<byte> bytes) => Read(bytes.ToArray());

    /// <summary>As in its file, to be given to other machines.</summary>
    public byte[] ToBytes() => Write(Random, InstalledOn);

    private static string HowToHaveOne(string path) =>
        "copy decoy.seed from the state directory of the machine whose site it shall be, or draw a new one: " +
        $"head -c {RandomLength} /dev/urandom > {path}";

    /// <summary>A day in 2026, the same on every machine that has the number: the time of its file may differ.</summary>
    private static DateOnly DayOf(byte[] random) => new DateOnly(2026, 1, 1).AddDays(BinaryPrimitives.ReadUInt16BigEndian(random) % 300);

    private static byte[] Write(byte[] random, DateOnly day)
    {
        var bytes = new byte[Length];
        random.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(RandomLength), day.DayNumber);
        return bytes;
    }

    private static DecoySeed? Read(byte[] bytes) =>
        bytes.Length == Length && BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(RandomLength)) is >= 0 and var day
            && day <= DateOnly.MaxValue.DayNumber
            ? new(bytes[..RandomLength], DateOnly.FromDayNumber(day)) : null;
}
