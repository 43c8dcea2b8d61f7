using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Heliograph.Tls13.Native;

namespace Heliograph.Tls13.Handshake;

/// <summary>Diffie-Hellman on Curve25519 (RFC 7748), by OpenSSL, with a new key for each handshake. For one thread.</summary>
internal sealed unsafe class KeyExchange : IDisposable
{
    private static readonly byte* Name = GetAddress("X25519\0"u8);

    /// <summary>
    /// Made once: to look the algorithm up by its name costs more than it need. 0: this OpenSSL has no X25519, for example under FIPS 140.
    /// </summary>
    private nint generator;

    public KeyExchange()
    {
        generator = LibCrypto.EVP_PKEY_CTX_new_from_name(0, Name, 0);
        if (generator == 0 || LibCrypto.EVP_PKEY_keygen_init(generator) != 1)
            Dispose();
        OpenSslErrors.Clear();
    }

    /// <param name="share">The peer's public key.</param>
    /// <param name="ownShare">Gets ours.</param>
    /// <param name="secret">Gets the shared secret, which the caller wipes.</param>
    /// <returns>
    /// False: there is no X25519, or the peer's key is a point of small order, which gives no secret (RFC 7748 section 6.1).
    /// </returns>
    public bool TryAgree(ReadOnlySpan<byte> share, Span<byte> ownShare, Span<byte> secret)
    {
        if (generator == 0)
            return false;
        nint own = 0, peer = 0, derivation = 0;
        try
        {
            nint length = ClientOffer.KeyShareLength, secretLength = ClientOffer.KeyShareLength;
            fixed (byte* theirs = share, ours = ownShare, common = secret)
            {
                OpenSslErrors.Clear();
                if (LibCrypto.EVP_PKEY_generate(generator, &own) != 1
                    || LibCrypto.EVP_PKEY_get_raw_public_key(own, ours, &length) != 1)
                {
                    return false;
                }
                peer = LibCrypto.EVP_PKEY_new_raw_public_key_ex(0, Name, 0, theirs, share.Length);
                derivation = LibCrypto.EVP_PKEY_CTX_new_from_pkey(0, own, 0);
                return peer != 0
                    && LibCrypto.EVP_PKEY_derive_init(derivation) == 1
                    && LibCrypto.EVP_PKEY_derive_set_peer(derivation, peer) == 1
                    && LibCrypto.EVP_PKEY_derive(derivation, common, &secretLength) == 1
                    && secretLength == secret.Length;
            }
        }
        finally
        {
            LibCrypto.EVP_PKEY_CTX_free(derivation);
            LibCrypto.EVP_PKEY_free(peer);
            LibCrypto.EVP_PKEY_free(own);
        }
    }

    public void Dispose()
    {
        LibCrypto.EVP_PKEY_CTX_free(generator);
        generator = 0;
    }

    /// <summary>A literal lies in the program's own memory, which does not move.</summary>
    private static byte* GetAddress(ReadOnlySpan<byte> literal) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(literal));
}
