using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Heliograph.Relay.OuterTls;

/// <summary>One direction's key of a TLS 1.3 connection and its count of records (RFC 8446 sections 5.3 and 7.3). 200 bytes, wiped at the end.</summary>
internal sealed class TrafficKey : IDisposable
{
    /// <summary>
    /// RFC 8446 section 5.5: with AES-GCM a key is good for 2^24.5 full records, 380 GB. A power of two below that, so that a connection that lives for
    /// months does not wear out its key.
    /// </summary>
    public const ulong MostRecords = 1UL << 24;

    private readonly byte[] material;
    private bool disposed;

    /// <param name="suite">What was agreed on.</param>
    /// <param name="secret">The direction's application_traffic_secret_0, as long as the suite's hash.</param>
    /// <param name="records">Records that were already protected with it: a server's session tickets.</param>
    public TrafficKey(CipherSuite suite, ReadOnlySpan<byte> secret, int records)
    {
        Suite = suite;
        material = new byte[suite.HashLength + suite.KeyLength + CipherSuite.NonceLength];
        secret.CopyTo(Secret);
        Derive();
        Records = (ulong)records;
    }

    public CipherSuite Suite { get; }

    /// <summary>The number of the next record.</summary>
    public ulong Records { get; private set; }

    /// <summary>The AEAD's key.</summary>
    public ReadOnlySpan<byte> Key => material.AsSpan(Suite.HashLength, Suite.KeyLength);

    /// <summary>Counts <see cref="Update"/>, so that whoever holds a copy of <see cref="Key"/> knows that it is an old one.</summary>
    public int Generation { get; private set; }

    private Span<byte> Secret => material.AsSpan(0, Suite.HashLength);

    private ReadOnlySpan<byte> InitializationVector => material.AsSpan(Suite.HashLength + Suite.KeyLength);

    /// <summary>The next record's nonce: the number of the record over the initialization vector. No two records of a key have the same.</summary>
    public void TakeNonce(Span<byte> nonce)
    {
        // A wiped key would encrypt as well, for everybody to read.
        ObjectDisposedException.ThrowIf(disposed, this);
        InitializationVector.CopyTo(nonce);
        var low = nonce[^sizeof(ulong)..];
        BinaryPrimitives.WriteUInt64BigEndian(low, BinaryPrimitives.ReadUInt64BigEndian(low) ^ Records);
        Records++;
    }

    /// <summary>The next generation, after a KeyUpdate (RFC 8446 section 7.2). The one before cannot be computed from it.</summary>
    public void Update()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        Suite.ExpandLabel(Secret, "traffic upd"u8, Secret);
        Derive();
        Records = 0;
        Generation++;
    }

    public void Dispose()
    {
        disposed = true;
        CryptographicOperations.ZeroMemory(material);
    }

    private void Derive()
    {
        Suite.ExpandLabel(Secret, "key"u8, material.AsSpan(Suite.HashLength, Suite.KeyLength));
        Suite.ExpandLabel(Secret, "iv"u8, material.AsSpan(Suite.HashLength + Suite.KeyLength));
    }
}
