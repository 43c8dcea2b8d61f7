using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Heliograph.Tls13.Records;

/// <summary>
/// One direction's key of a TLS 1.3 connection and its count of records (RFC 8446 sections 5.3 and 7.3). Wiped at the end.
/// </summary>
internal sealed class TrafficKey : IDisposable
{
    /// <summary>
    /// RFC 8446 section 5.5: with AES-GCM a key is good for 2^24.5 full records, 380 GB. This is a power of two below that, so that a
    /// connection that lives for months does not wear out its key.
    /// </summary>
    public const ulong MostRecords = 1UL << 24;

    private Material material;
    private bool disposed;

    /// <param name="suite">The connection's cipher suite.</param>
    /// <param name="secret">The direction's traffic secret, as long as the suite's hash.</param>
    /// <param name="records">How many records were already protected with it: a server's session tickets.</param>
    public TrafficKey(CipherSuite suite, ReadOnlySpan<byte> secret, int records)
    {
        Suite = suite;
        secret.CopyTo(Secret);
        DeriveKey();
        Records = (ulong)records;
    }

    public CipherSuite Suite { get; }

    /// <summary>The number of the next record.</summary>
    public ulong Records { get; private set; }

    /// <summary>The AEAD's key.</summary>
    public ReadOnlySpan<byte> Key => All.Slice(Suite.HashLength, Suite.KeyLength);

    /// <summary>
    /// Counts the calls of <see cref="Update"/>, so that the holder of a copy of <see cref="Key"/> sees that it is out of date.
    /// </summary>
    public int Generation { get; private set; }

    private Span<byte> All => material;

    private Span<byte> Secret => All[..Suite.HashLength];

    private ReadOnlySpan<byte> InitializationVector => All.Slice(Suite.HashLength + Suite.KeyLength, CipherSuite.NonceLength);

    /// <summary>
    /// The next record's nonce: the record's number over the initialization vector. No two records of a key have the same.
    /// </summary>
    public void NextNonce(Span<byte> nonce)
    {
        // A wiped key would still encrypt, for everybody to read.
        ObjectDisposedException.ThrowIf(disposed, this);
        InitializationVector.CopyTo(nonce);
        var low = nonce[^sizeof(ulong)..];
        BinaryPrimitives.WriteUInt64BigEndian(low, BinaryPrimitives.ReadUInt64BigEndian(low) ^ Records);
        Records++;
    }

    /// <summary>Replaces the key after a KeyUpdate (RFC 8446 section 7.2). The old key cannot be computed from the new one.</summary>
    public void Update()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        Suite.ExpandLabel(Secret, "traffic upd"u8, Secret);
        DeriveKey();
        Records = 0;
        Generation++;
    }

    public void Dispose()
    {
        disposed = true;
        CryptographicOperations.ZeroMemory(All);
    }

    private void DeriveKey()
    {
        Suite.ExpandLabel(Secret, "key"u8, All.Slice(Suite.HashLength, Suite.KeyLength));
        Suite.ExpandLabel(Secret, "iv"u8, All.Slice(Suite.HashLength + Suite.KeyLength, CipherSuite.NonceLength));
    }

    /// <summary>
    /// The secret, the key and the initialization vector, within the object: an array would be one more object for each direction.
    /// </summary>
    [InlineArray(CipherSuite.LongestHash + CipherSuite.LongestKey + CipherSuite.NonceLength)]
    private struct Material
    {
        private byte first;
    }
}
