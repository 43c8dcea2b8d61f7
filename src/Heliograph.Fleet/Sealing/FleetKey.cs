using System.Security.Cryptography;
using System.Text;

namespace Heliograph.Fleet.Sealing;

/// <summary>
/// What all machines of a fleet know and etcd does not: a secret of 32 bytes. From it follow the key that seals, and the key that makes
/// names opaque. The identity of the fleet and of the key are no secrets.
/// </summary>
public sealed class FleetKey
{
    public const int SecretSize = 32;
    public const int FleetIdSize = 16;
    public const int IdSize = 8;

    private readonly byte[] sealing;
    private readonly byte[] naming;

    public FleetKey(ReadOnlySpan<byte> fleetId, ReadOnlySpan<byte> id, ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(fleetId.Length, FleetIdSize, nameof(fleetId));
        ArgumentOutOfRangeException.ThrowIfNotEqual(id.Length, IdSize, nameof(id));
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, SecretSize, nameof(secret));
        FleetId = fleetId.ToArray();
        Id = id.ToArray();
        Secret = secret.ToArray();
        // RFC 5869: a key for each use. The fleet is the salt, so that two fleets with one secret would share nothing.
        sealing = HKDF.DeriveKey(HashAlgorithmName.SHA256, Secret, SecretSize, FleetId, "heliograph fleet: seal"u8.ToArray());
        naming = HKDF.DeriveKey(HashAlgorithmName.SHA256, Secret, SecretSize, FleetId, "heliograph fleet: names"u8.ToArray());
    }

    public byte[] FleetId { get; }

    /// <summary>Tells this key from the fleet's earlier and later ones.</summary>
    public byte[] Id { get; }

    /// <summary>For the token that a new machine gets.</summary>
    public byte[] Secret { get; }

    internal ReadOnlySpan<byte> Sealing => sealing;

    /// <summary>A key of a new fleet.</summary>
    public static FleetKey Create() => Create(RandomNumberGenerator.GetBytes(FleetIdSize));

    /// <summary>Another key of this fleet: what is sealed and named by it has nothing in common with what was before.</summary>
    public FleetKey Next() => Create(FleetId);

    /// <summary>
    /// The key that one machine shares with who made the fleet, and with nobody else: by it the next key reaches all machines but the one
    /// that is shut out.
    /// </summary>
    /// <param name="secret">That machine's, of <see cref="SecretSize"/> random bytes; etcd never gets it.</param>
    public FleetKey PersonalTo(byte[] secret) => new(FleetId, SHA256.HashData(secret).AsSpan(0, IdSize), secret);

    /// <summary>A name that says nothing: HMAC-SHA-256, cut to 128 bits, in hexadecimal.</summary>
    internal string Hide(string name)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(naming, Encoding.UTF8.GetBytes(name), hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"key {Convert.ToHexStringLower(Id)} of fleet {Convert.ToHexStringLower(FleetId)}";

    private static FleetKey Create(byte[] fleetId) =>
        new(fleetId, RandomNumberGenerator.GetBytes(IdSize), RandomNumberGenerator.GetBytes(SecretSize));
}
