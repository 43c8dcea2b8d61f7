using System.Runtime.InteropServices;

namespace Heliograph.Platform.Minisign;

/// <summary>What minisign needs and .NET has not: Ed25519 (RFC 8032) and BLAKE2b-512 (RFC 7693), from OpenSSL 3's libcrypto.</summary>
internal static unsafe partial class Ed25519
{
    public const int KeySize = 32, SignatureSize = 64, HashSize = 64;

    private const string Library = "libcrypto.so.3";

    /// <summary>EVP_PKEY_ED25519, the number of its object identifier.</summary>
    private const int KeyType = 1087;

    public static byte[] Blake2b512(ReadOnlySpan<byte> bytes)
    {
        var hash = new byte[HashSize];
        fixed (byte* from = bytes, to = hash)
        {
            if (EVP_Digest(from, bytes.Length, to, null, EVP_blake2b512(), 0) != 1)
                throw new PlatformNotSupportedException("OpenSSL's libcrypto has no BLAKE2b-512");
        }
        return hash;
    }

    public static bool Verifies(ReadOnlySpan<byte> key, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message)
    {
        nint publicKey, context;
        fixed (byte* bytes = key)
            publicKey = EVP_PKEY_new_raw_public_key(KeyType, 0, bytes, key.Length);
        context = EVP_MD_CTX_new();
        try
        {
            fixed (byte* signed = signature, text = message)
            {
                return publicKey != 0 && context != 0
                    && EVP_DigestVerifyInit(context, 0, 0, 0, publicKey) == 1
                    && EVP_DigestVerify(context, signed, signature.Length, text, message.Length) == 1;
            }
        }
        finally
        {
            // Both take null, and the queue of errors belongs to the thread.
            EVP_MD_CTX_free(context);
            EVP_PKEY_free(publicKey);
            ERR_clear_error();
        }
    }

    [LibraryImport(Library)]
    private static partial int EVP_Digest(byte* bytes, nint length, byte* hash, uint* hashLength, nint type, nint engine);

    [LibraryImport(Library)]
    private static partial nint EVP_blake2b512();

    [LibraryImport(Library)]
    private static partial nint EVP_PKEY_new_raw_public_key(int type, nint engine, byte* bytes, nint length);

    [LibraryImport(Library)]
    private static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Library)]
    private static partial nint EVP_MD_CTX_new();

    [LibraryImport(Library)]
    private static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Library)]
    private static partial int EVP_DigestVerifyInit(nint context, nint keyContext, nint type, nint engine, nint key);

    [LibraryImport(Library)]
    private static partial int EVP_DigestVerify(nint context, byte* signature, nint signatureLength, byte* bytes, nint length);

    [LibraryImport(Library)]
    private static partial void ERR_clear_error();
}
