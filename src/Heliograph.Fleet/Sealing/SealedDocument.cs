using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Heliograph.Fleet.Sealing;

/// <summary>
/// What leaves a machine: AES-256-GCM under the fleet's key. The place in etcd is authenticated too, so that nobody who can write there
/// can put one document in the place of another.
/// </summary>
/// <remarks>
/// Version (1 byte), length of the plaintext (4), fleet (16), key (8), nonce (12), ciphertext, tag (16). All before the nonce, and the
/// place, is associated data. The nonce is random: NIST SP 800-38D section 8.3 allows 2^32 of them under one key, which 300 machines that
/// report every 20 s reach after nine years; a fleet's key is changed before, with every machine that is removed.
/// </remarks>
public static class SealedDocument
{
    private const byte Version = 1;
    private const int LengthAt = 1;
    private const int FleetAt = LengthAt + 4;
    private const int KeyAt = FleetAt + FleetKey.FleetIdSize;
    private const int NonceAt = KeyAt + FleetKey.IdSize;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int HeaderSize = NonceAt + NonceSize;

    /// <summary>What sealing adds.</summary>
    public const int Overhead = HeaderSize + TagSize;

    /// <param name="key">The fleet's.</param>
    /// <param name="place">The key in etcd under which it will be.</param>
    /// <param name="content">Any bytes.</param>
    public static byte[] Seal(FleetKey key, string place, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(key);
        var document = new byte[Overhead + content.Length];
        document[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(document.AsSpan(LengthAt), content.Length);
        key.FleetId.CopyTo(document, FleetAt);
        key.Id.CopyTo(document, KeyAt);
        var nonce = document.AsSpan(NonceAt, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key.Sealing, TagSize);
        aes.Encrypt(
            nonce,
            content,
            document.AsSpan(HeaderSize, content.Length),
            document.AsSpan(HeaderSize + content.Length),
            AssociatedData(document, place));
        return document;
    }

    /// <summary>Opens it, or says why it does not open.</summary>
    public static bool TryOpen(
        FleetKey key,
        string place,
        ReadOnlySpan<byte> document,
        [NotNullWhen(true)] out byte[]? content,
        [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(key);
        content = null;
        problem = FindProblem(key, document);
        if (problem is not null)
            return false;
        var opened = new byte[document.Length - Overhead];
        using var aes = new AesGcm(key.Sealing, TagSize);
        try
        {
            aes.Decrypt(
                document.Slice(NonceAt, NonceSize),
                document.Slice(HeaderSize, opened.Length),
                document[(HeaderSize + opened.Length)..],
                opened,
                AssociatedData(document, place));
        }
        catch (AuthenticationTagMismatchException)
        {
            problem = "it was changed, or belongs to another place: somebody else can write to this etcd";
            return false;
        }
        content = opened;
        return true;
    }

    private static string? FindProblem(FleetKey key, ReadOnlySpan<byte> document)
    {
        if (document.Length < Overhead)
            return $"it is cut short: {document.Length} bytes are less than an empty document has ({Overhead})";
        if (document[0] != Version)
            return $"it has version {document[0]} where this program knows {Version}: update Heliograph on this machine";
        var length = BinaryPrimitives.ReadInt32BigEndian(document[LengthAt..]);
        var there = document.Length - Overhead;
        if (length > there)
            return $"it is cut short: {there} of {length} bytes are there";
        if (length < there)
            return "it was changed: it is longer than it says";
        if (!document.Slice(FleetAt, FleetKey.FleetIdSize).SequenceEqual(key.FleetId))
            return "it belongs to another fleet: this machine is joined to one and asks the etcd of another";
        return document.Slice(KeyAt, FleetKey.IdSize).SequenceEqual(key.Id)
            ? null
            : $"it is sealed under another key of the fleet ({Convert.ToHexStringLower(document.Slice(KeyAt, FleetKey.IdSize))}) " +
                $"than this machine has ({Convert.ToHexStringLower(key.Id)}): join the fleet again with a new token";
    }

    private static byte[] AssociatedData(ReadOnlySpan<byte> document, string place) =>
        [.. document[..NonceAt], .. Encoding.UTF8.GetBytes(place)];
}
