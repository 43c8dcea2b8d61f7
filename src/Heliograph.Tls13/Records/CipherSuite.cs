using System.Security.Cryptography;
using Heliograph.Tls13.Native;

namespace Heliograph.Tls13.Records;

/// <summary>A cipher suite of TLS 1.3 (RFC 8446 appendix B.4): an AEAD, and the hash of its key schedule.</summary>
internal sealed class CipherSuite
{
    /// <summary>The nonce and the tag of every AEAD of TLS 1.3, in bytes.</summary>
    public const int NonceLength = 12, TagLength = 16;

    /// <summary>The longest hash and the longest key of a suite, in bytes.</summary>
    public const int LongestHash = SHA384.HashSizeInBytes, LongestKey = 32;

    private const int Aes128Gcm = 0x1301, Aes256Gcm = 0x1302, ChaCha20Poly1305 = 0x1303;

    public static IReadOnlyList<CipherSuite> All { get; } =
    [
        new(Aes128Gcm, "AES-128-GCM\0"u8, keyLength: 16, hashLength: 32),
        new(Aes256Gcm, "AES-256-GCM\0"u8, keyLength: 32, hashLength: 48),
        new(ChaCha20Poly1305, "ChaCha20-Poly1305\0"u8, keyLength: 32, hashLength: 32),
    ];

    private unsafe CipherSuite(int id, ReadOnlySpan<byte> name, int keyLength, int hashLength)
    {
        Id = id;
        KeyLength = keyLength;
        HashLength = hashLength;
        // Fetched once, for the life of the process: OpenSSL would look it up by name for each new key.
        fixed (byte* start = name)
            Aead = LibCrypto.EVP_CIPHER_fetch(0, start, 0);
        NoSecret = new byte[hashLength];
        EmptyHash = hashLength == SHA384.HashSizeInBytes ? SHA384.HashData([]) : SHA256.HashData([]);
        DerivedEarlySecret = new byte[hashLength];
        var early = new byte[hashLength];
        Extract(NoSecret, NoSecret, early);
        ExpandLabel(early, "derived"u8, EmptyHash, DerivedEarlySecret);
    }

    /// <summary>The suites of AES-GCM that this OpenSSL has.</summary>
    public static IEnumerable<CipherSuite> AesGcm => All.Where(static suite => suite.IsAesGcm && suite.Aead != 0);

    public static int Count => All.Count;

    /// <summary>From 0, below <see cref="Count"/>: the suites' numbers are consecutive.</summary>
    public int Index => Id - Aes128Gcm;

    public bool IsAesGcm => Id is Aes128Gcm or Aes256Gcm;

    /// <summary>OpenSSL's EVP_CIPHER; 0 where this OpenSSL has none of that name.</summary>
    public nint Aead { get; }

    /// <summary>The suite's number in the protocol.</summary>
    public int Id { get; }

    /// <summary>In bytes.</summary>
    public int KeyLength { get; }

    /// <summary>In bytes.</summary>
    public int HashLength { get; }

    /// <summary>The hash of nothing.</summary>
    public byte[] EmptyHash { get; }

    /// <summary>As many zeros as the hash is long: stands where the key schedule has no secret.</summary>
    public byte[] NoSecret { get; }

    /// <summary>Derive-Secret(Early Secret, "derived", "") where there is no pre-shared key.</summary>
    public byte[] DerivedEarlySecret { get; }

    /// <summary>The suite with that number, or null: it belongs to an older version, or this OpenSSL does not have it.</summary>
    public static CipherSuite? Find(int id)
    {
        foreach (var suite in All)
        {
            if (suite.Id == id && suite.Aead != 0)
                return suite;
        }
        return null;
    }

    /// <summary>HKDF-Extract (RFC 5869 section 2.2).</summary>
    public void Extract(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> secret, Span<byte> result) => Mac(salt, secret, result);

    /// <summary>HMAC with the suite's hash.</summary>
    public void Mac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> bytes, Span<byte> result) =>
        (HashLength == SHA384.HashSizeInBytes ? Hmac.Sha384 : Hmac.Sha256).Compute(key, bytes, result);

    /// <summary>HKDF-Expand-Label with an empty context.</summary>
    public void ExpandLabel(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, Span<byte> result) =>
        ExpandLabel(secret, label, [], result);

    /// <summary>HKDF-Expand-Label (RFC 8446 section 7.1), for results no longer than the hash, as all of ours are.</summary>
    public void ExpandLabel(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> context, Span<byte> result)
    {
        // struct { uint16 length; opaque label<7..255>; opaque context<0..255>; } HkdfLabel, and then the counter of HKDF-Expand, which is
        // 1 in its first block (RFC 5869). There is only one.
        Span<byte> info = stackalloc byte[96];
        info[0] = 0;
        info[1] = (byte)result.Length;
        info[2] = (byte)("tls13 "u8.Length + label.Length);
        var length = 3;
        length += Append(info[length..], "tls13 "u8);
        length += Append(info[length..], label);
        info[length++] = (byte)context.Length;
        length += Append(info[length..], context);
        info[length++] = 1;

        Span<byte> block = stackalloc byte[LongestHash];
        Mac(secret, info[..length], block);
        block[..result.Length].CopyTo(result);
        CryptographicOperations.ZeroMemory(block);
    }

    private static int Append(Span<byte> destination, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination);
        return bytes.Length;
    }
}
