using System.Security.Cryptography;

namespace Heliograph.Testing.Tls13;

/// <summary>The secrets of one handshake (RFC 8446 section 7.1), computed independently of the server's OpenSSL.</summary>
internal sealed class KeySchedule
{
    private readonly HashAlgorithmName hash;
    private byte[] secret;

    /// <param name="hash">The cipher suite's hash.</param>
    /// <param name="psk">The pre-shared key, if any.</param>
    public KeySchedule(HashAlgorithmName hash, byte[]? psk = null)
    {
        this.hash = hash;
        Length = Hash([]).Length;
        secret = HKDF.Extract(hash, psk ?? new byte[Length], new byte[Length]);
    }

    /// <summary>The length of the hash, and so of every secret.</summary>
    public int Length { get; }

    /// <summary>Moves to the next stage: with the exchanged key, and at last with nothing.</summary>
    public void Mix(byte[]? input = null) => secret = HKDF.Extract(hash, input ?? new byte[Length], Derive("derived", []));

    /// <summary>Derive-Secret.</summary>
    public byte[] Derive(string label, byte[] messages) => Expand(secret, label, Hash(messages));

    public byte[] Expand(byte[] from, string label, byte[] context) => HkdfLabel.Expand(hash, from, label, context, Length);

    /// <summary>The value of a Finished or a binder.</summary>
    public byte[] VerifyData(byte[] traffic, byte[] messages) =>
        CryptographicOperations.HmacData(hash, Expand(traffic, "finished", []), Hash(messages));

    public byte[] Hash(byte[] messages) => CryptographicOperations.HashData(hash, messages);
}
