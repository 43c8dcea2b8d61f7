using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Heliograph.Testing.Tls13;

/// <summary>One direction's keys of TLS 1.3, on .NET's own ciphers (RFC 8446 sections 5 and 7).</summary>
public sealed class Tls13Keys
{
    private const int TagLength = 16;

    private readonly HashAlgorithmName hash;
    private readonly int keyLength;
    private readonly bool isChaCha;
    private byte[] secret;
    private byte[] key = [];
    private byte[] vector = [];
    private ulong sequence;

    /// <param name="suite">The cipher suite's name.</param>
    /// <param name="secret">The direction's application_traffic_secret_0.</param>
    /// <param name="records">The number of earlier records.</param>
    public Tls13Keys(string suite, byte[] secret, ulong records = 0)
    {
        ArgumentNullException.ThrowIfNull(suite);
        hash = suite.EndsWith("SHA384", StringComparison.Ordinal) ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
        isChaCha = suite.Contains("CHACHA", StringComparison.Ordinal);
        keyLength = suite.Contains("AES_128", StringComparison.Ordinal) ? 16 : 32;
        this.secret = secret;
        Derive();
        sequence = records;
    }

    /// <summary>The next generation.</summary>
    public void Update()
    {
        secret = Expand("traffic upd", secret.Length);
        Derive();
    }

    /// <summary>A whole record.</summary>
    public byte[] Protect(byte type, ReadOnlySpan<byte> content, int padding = 0)
    {
        var plain = new byte[content.Length + 1 + padding];
        content.CopyTo(plain);
        plain[content.Length] = type;
        var record = new byte[5 + plain.Length + TagLength];
        record[0] = 23;
        record[1] = record[2] = 3;
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(3), (ushort)(plain.Length + TagLength));
        var cipher = record.AsSpan(5, plain.Length);
        var tag = record.AsSpan(5 + plain.Length);
        if (isChaCha)
        {
            using var chacha = new ChaCha20Poly1305(key);
            chacha.Encrypt(Nonce(), plain, cipher, tag, record.AsSpan(0, 5));
        }
        else
        {
            using var aes = new AesGcm(key, TagLength);
            aes.Encrypt(Nonce(), plain, cipher, tag, record.AsSpan(0, 5));
        }
        return record;
    }

    /// <summary>The content of a record.</summary>
    /// <exception cref="AuthenticationTagMismatchException">It is not what the peer should have written.</exception>
    public (byte Type, byte[] Content) Unprotect(ReadOnlySpan<byte> header, ReadOnlySpan<byte> fragment)
    {
        var plain = new byte[fragment.Length - TagLength];
        if (isChaCha)
        {
            using var chacha = new ChaCha20Poly1305(key);
            chacha.Decrypt(Nonce(), fragment[..plain.Length], fragment[plain.Length..], plain, header);
        }
        else
        {
            using var aes = new AesGcm(key, TagLength);
            aes.Decrypt(Nonce(), fragment[..plain.Length], fragment[plain.Length..], plain, header);
        }
        var end = Array.FindLastIndex(plain, static value => value != 0);
        return (plain[end], plain[..end]);
    }

    private void Derive()
    {
        key = Expand("key", keyLength);
        vector = Expand("iv", 12);
        sequence = 0;
    }

    private byte[] Nonce()
    {
        var nonce = (byte[])vector.Clone();
        var low = nonce.AsSpan(4);
        BinaryPrimitives.WriteUInt64BigEndian(low, BinaryPrimitives.ReadUInt64BigEndian(low) ^ sequence++);
        return nonce;
    }

    private byte[] Expand(string label, int length) => HkdfLabel.Expand(hash, secret, label, [], length);
}
