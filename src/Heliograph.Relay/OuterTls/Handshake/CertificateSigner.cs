namespace Heliograph.Relay.OuterTls.Handshake;

/// <summary>Signs with the key of the certificate that is served at present (ecdsa_secp256r1_sha256). On one thread.</summary>
internal sealed unsafe class CertificateSigner : IDisposable
{
    /// <summary>An ECDSA-Sig-Value of two integers of 33 bytes at most (RFC 3279 section 2.2.3).</summary>
    public const int LongestSignature = 72;

    private nint signing;
    private TlsContext? current;

    /// <param name="context">Whose key.</param>
    /// <param name="hash">SHA-256 of what is signed.</param>
    /// <param name="signature">Gets the signature.</param>
    /// <returns>Its length.</returns>
    public int Sign(TlsContext context, ReadOnlySpan<byte> hash, Span<byte> signature)
    {
        if (current != context)
            Use(context);
        nint length = signature.Length;
        fixed (byte* digest = hash, result = signature)
        {
            if (OpenSsl.EVP_PKEY_sign(signing, result, &length, digest, hash.Length) != 1)
                throw new InvalidOperationException($"OpenSSL does not sign: {OpenSsl.TakeError()}");
        }
        return (int)length;
    }

    /// <summary>Holds no key any more, until the next signature.</summary>
    public void Forget()
    {
        OpenSsl.EVP_PKEY_CTX_free(signing);
        signing = 0;
        current = null;
    }

    public void Dispose() => Forget();

    private void Use(TlsContext context)
    {
        Forget();
        // It takes a reference to the key of its own.
        signing = OpenSsl.EVP_PKEY_CTX_new(context.SigningKey, 0);
        if (signing == 0 || OpenSsl.EVP_PKEY_sign_init(signing) != 1 || OpenSsl.EVP_PKEY_CTX_set_signature_md(signing, OpenSsl.EVP_sha256()) != 1)
            throw new InvalidOperationException($"OpenSSL does not sign with this key: {OpenSsl.TakeError()}");
        current = context;
    }
}
