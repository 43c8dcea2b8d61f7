using System.Buffers.Binary;
using System.Security.Cryptography;
using static Heliograph.Testing.Fingerprints.HelloBytes;

namespace Heliograph.Testing.Tls12;

/// <summary>One direction's keys of TLS 1.2, on .NET's own ciphers (RFC 5246 section 6.2.3.3).</summary>
public sealed class Tls12Keys
{
    private const int TagLength = 16, ExplicitLength = 8;

    private readonly Tls12Suite suite;
    private readonly byte[] key;
    private readonly byte[] vector;
    private ulong sequence;

    internal Tls12Keys(Tls12Suite suite, byte[] key, byte[] vector)
    {
        this.suite = suite;
        this.key = key;
        this.vector = vector;
    }

    private int Overhead => TagLength + (suite.IsChaCha ? 0 : ExplicitLength);

    /// <summary>A whole record.</summary>
    /// <param name="type">The content type.</param>
    /// <param name="content">What it protects.</param>
    /// <param name="version">Of the record, which the tag covers.</param>
    public byte[] Protect(byte type, ReadOnlySpan<byte> content, int version = 0x0303)
    {
        var number = Number();
        var sealedBytes = new byte[content.Length];
        var tag = new byte[TagLength];
        byte[] covered = [.. number, type, .. UInt16(version), .. UInt16(content.Length)];
        if (suite.IsChaCha)
        {
            using var chacha = new ChaCha20Poly1305(key);
            chacha.Encrypt(Nonce(number), content, sealedBytes, tag, covered);
            return [type, .. UInt16(version), .. Vector16([.. sealedBytes, .. tag])];
        }
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(Nonce(number), content, sealedBytes, tag, covered);
        return [type, .. UInt16(version), .. Vector16([.. number, .. sealedBytes, .. tag])];
    }

    /// <summary>The content of a record; null: it is not what the peer should have written.</summary>
    public byte[]? Unprotect(ReadOnlySpan<byte> record)
    {
        var fragment = record[5..];
        if (fragment.Length < Overhead)
            return null;
        var plain = new byte[fragment.Length - Overhead];
        byte[] covered = [.. Number(), .. record[..3], .. UInt16(plain.Length)];
        var tag = fragment[^TagLength..];
        try
        {
            if (suite.IsChaCha)
            {
                using var chacha = new ChaCha20Poly1305(key);
                chacha.Decrypt(Nonce(covered.AsSpan(0, 8)), fragment[..^TagLength], tag, plain, covered);
                return plain;
            }
            using var aes = new AesGcm(key, TagLength);
            aes.Decrypt(Nonce(fragment[..ExplicitLength]), fragment[ExplicitLength..^TagLength], tag, plain, covered);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private byte[] Number()
    {
        var number = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(number, sequence++);
        return number;
    }

    private byte[] Nonce(ReadOnlySpan<byte> number)
    {
        if (!suite.IsChaCha)
            return [.. vector, .. number];
        var nonce = (byte[])vector.Clone();
        for (var i = 0; i < number.Length; i++)
            nonce[4 + i] ^= number[i];
        return nonce;
    }
}
