using System.Security.Cryptography;

namespace Heliograph.Testing.Tls13;

/// <summary>The secrets of one handshake (RFC 8446 section 7.1), computed apart from the server's OpenSSL.</summary>
internal sealed class KeySchedule
{
    private readonly HashAlgorithmName hash;
    private byte[] secret;

    /// <param name="hash">The cipher suite's.</param>
    /// <param name="psk">What both know from before, if anything.</param>
    public KeySchedule(HashAlgorithmName hash, byte[]? psk = null)
    {
        this.hash = hash;
        Length = Hash([]).Length;
        secret = HKDF.Extract(hash, psk ?? new byte[Length], new byte[Length]);
    }

    /// <summary>Of the hash, and so of every secret.</summary>
    public int Length { get; }

    /// <summary>The next stage: the exchanged key, and at last nothing.</summary>
    public void Mix(byte[]? input = null) => secret = HKDF.Extract(hash, input ?? new byte[Length], Derive("derived", []));

    /// <summary>Derive-Secret.</summary>
    public byte[] Derive(string label, byte[] messages) => Expand(secret, label, Hash(messages));

    public byte[] Expand(byte[] from, string label, byte[] context) => HkdfLabel.Expand(hash, from, label, context, Length);

    /// <summary>What a Finished or a binder says.</summary>
    public byte[] VerifyData(byte[] traffic, byte[] messages) =>
        CryptographicOperations.HmacData(hash, Expand(traffic, "finished", []), Hash(messages));

    public byte[] Hash(byte[] messages) => CryptographicOperations.HashData(hash, messages);
}
