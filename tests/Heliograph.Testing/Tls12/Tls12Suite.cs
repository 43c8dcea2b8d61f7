using System.Security.Cryptography;

namespace Heliograph.Testing.Tls12;

/// <summary>What a cipher suite of TLS 1.2 with an AEAD stands for (RFC 5288, RFC 5289, RFC 7905).</summary>
internal sealed record Tls12Suite(int KeyLength, bool IsChaCha, HashAlgorithmName Hash)
{
    /// <summary>The part of the nonce that comes from the keys; the rest of AES-GCM's is sent with each record.</summary>
    public int VectorLength => IsChaCha ? 12 : 4;

    /// <returns>Null: the test's client does not have it.</returns>
    public static Tls12Suite? Find(int number) => number switch
    {
        0xc02b or 0xc02f or 0x009e => new(16, IsChaCha: false, HashAlgorithmName.SHA256),
        0xc02c or 0xc030 or 0x009f => new(32, IsChaCha: false, HashAlgorithmName.SHA384),
        0xcca9 or 0xcca8 => new(32, IsChaCha: true, HashAlgorithmName.SHA256),
        _ => null,
    };

    /// <summary>The PRF of RFC 5246 section 5.</summary>
    public byte[] Expand(byte[] secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> seed, int length)
    {
        byte[] labelled = [.. label, .. seed];
        var output = new List<byte>();
        for (var a = Mac(labelled); output.Count < length; a = Mac(a))
            output.AddRange(Mac([.. a, .. labelled]));
        return [.. output.Take(length)];

        byte[] Mac(byte[] data) => CryptographicOperations.HmacData(Hash, secret, data);
    }
}
