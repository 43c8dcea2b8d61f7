using Heliograph.Tls13.Native;

namespace Heliograph.Tls13.Handshake;

/// <summary>Signs with the current identity's key (ecdsa_secp256r1_sha256). For one thread.</summary>
internal sealed unsafe class CertificateSigner : IDisposable
{
    /// <summary>An ECDSA-Sig-Value of two integers of at most 33 bytes (RFC 3279 section 2.2.3).</summary>
    public const int LongestSignature = 72;

    private nint signing;
    private ServerIdentity? current;

    /// <param name="identity">Has the key.</param>
    /// <param name="hash">SHA-256 of what is signed.</param>
    /// <param name="signature">Gets the signature.</param>
    /// <returns>The signature's length.</returns>
    public int Sign(ServerIdentity identity, ReadOnlySpan<byte> hash, Span<byte> signature)
    {
        if (current != identity)
            Use(identity);
        nint length = signature.Length;
        fixed (byte* digest = hash, result = signature)
        {
            if (LibCrypto.EVP_PKEY_sign(signing, result, &length, digest, hash.Length) != 1)
                throw new InvalidOperationException($"OpenSSL cannot sign: {OpenSslErrors.TakeFirst()}");
        }
        return (int)length;
    }

    /// <summary>Holds no key until the next signature.</summary>
    public void Forget()
    {
        LibCrypto.EVP_PKEY_CTX_free(signing);
        signing = 0;
        current = null;
    }

    public void Dispose() => Forget();

    private void Use(ServerIdentity identity)
    {
        Forget();
        // The context takes its own reference to the key.
        signing = LibCrypto.EVP_PKEY_CTX_new(identity.Key, 0);
        if (signing == 0
            || LibCrypto.EVP_PKEY_sign_init(signing) != 1
            || LibCrypto.EVP_PKEY_CTX_set_signature_md(signing, LibCrypto.EVP_sha256()) != 1)
        {
            throw new InvalidOperationException($"OpenSSL cannot sign with this key: {OpenSslErrors.TakeFirst()}");
        }
        current = identity;
    }
}
