using System.Runtime.InteropServices;

namespace Heliograph.Tls13.Native;

/// <summary>The calls into OpenSSL 3's libcrypto. Raw: the types that use these own what they make.</summary>
internal static unsafe partial class LibCrypto
{
    public const string Name = "libcrypto.so.3";

    public const int CtrlAeadGetTag = 0x10, CtrlAeadSetTag = 0x11;

    private const int VersionString = 6, InfoProcessorSettings = 1008;

    /// <summary>"3.0.15"</summary>
    public static string Version() => Marshal.PtrToStringUTF8(OpenSSL_version(VersionString)) ?? "3";

    /// <summary>What OpenSSL found this processor able to do; null on processors that need no asking.</summary>
    public static string? ProcessorSettings() => Marshal.PtrToStringUTF8(OPENSSL_info(InfoProcessorSettings));

    [LibraryImport(Name)]
    public static partial nint EVP_PKEY_CTX_new(nint key, nint engine);

    [LibraryImport(Name)]
    public static partial nint EVP_PKEY_CTX_new_from_name(nint library, byte* name, nint properties);

    [LibraryImport(Name)]
    public static partial nint EVP_PKEY_CTX_new_from_pkey(nint library, nint key, nint properties);

    [LibraryImport(Name)]
    public static partial void EVP_PKEY_CTX_free(nint context);

    [LibraryImport(Name)]
    public static partial int EVP_PKEY_keygen_init(nint context);

    [LibraryImport(Name)]
    public static partial int EVP_PKEY_generate(nint context, nint* key);

    [LibraryImport(Name)]
    public static partial int EVP_PKEY_get_raw_public_key(nint key, byte* bytes, nint* length);

    [LibraryImport(Name)]
    public static partial nint EVP_PKEY_new_raw_public_key_ex(nint library, byte* type, nint properties, byte* bytes, nint length);

    [LibraryImport(Name)]
    public static partial int EVP_PKEY_derive_init(nint context);

    [LibraryImport(Name)]
    public static partial int EVP_PKEY_derive_set_peer(nint context, nint peer);

    [LibraryImport(Name)]
    public static partial int EVP_PKEY_derive(nint context, byte* secret, nint* length);

    [LibraryImport(Name)]
    public static partial int EVP_PKEY_sign_init(nint context);

    [LibraryImport(Name)]
    public static partial int EVP_PKEY_CTX_set_signature_md(nint context, nint hash);

    [LibraryImport(Name)]
    public static partial int EVP_PKEY_sign(nint context, byte* signature, nint* length, byte* hash, nint hashLength);

    [LibraryImport(Name)]
    public static partial nint EVP_sha256();

    [LibraryImport(Name)]
    public static partial nint EVP_MAC_fetch(nint library, byte* algorithm, nint properties);

    [LibraryImport(Name)]
    public static partial void EVP_MAC_free(nint algorithm);

    [LibraryImport(Name)]
    public static partial nint EVP_MAC_CTX_new(nint algorithm);

    [LibraryImport(Name)]
    public static partial void EVP_MAC_CTX_free(nint context);

    [LibraryImport(Name)]
    public static partial int EVP_MAC_CTX_set_params(nint context, OsslParameter* parameters);

    [LibraryImport(Name)]
    [SuppressGCTransition]
    public static partial int EVP_MAC_init(nint context, byte* key, nint keyLength, OsslParameter* parameters);

    [LibraryImport(Name)]
    [SuppressGCTransition]
    public static partial int EVP_MAC_update(nint context, byte* bytes, nint length);

    [LibraryImport(Name)]
    [SuppressGCTransition]
    public static partial int EVP_MAC_final(nint context, byte* mac, nint* length, nint capacity);

    [LibraryImport(Name)]
    public static partial nint d2i_AutoPrivateKey(nint reuse, byte** der, nint length);

    [LibraryImport(Name)]
    public static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Name)]
    private static partial nint OpenSSL_version(int type);

    [LibraryImport(Name)]
    private static partial nint OPENSSL_info(int type);

    [LibraryImport(Name)]
    public static partial nint EVP_CIPHER_fetch(nint library, byte* name, nint properties);

    [LibraryImport(Name)]
    public static partial nint EVP_CIPHER_CTX_new();

    [LibraryImport(Name)]
    public static partial void EVP_CIPHER_CTX_free(nint context);

    [LibraryImport(Name)]
    [SuppressGCTransition]
    public static partial int EVP_CipherInit_ex(nint context, nint cipher, nint engine, byte* key, byte* nonce, int encrypts);

    [LibraryImport(Name)]
    public static partial int EVP_CipherUpdate(nint context, byte* @out, int* outLength, byte* @in, int length);

    /// <summary>For a handful of bytes: the thread does not leave the runtime.</summary>
    [LibraryImport(Name, EntryPoint = nameof(EVP_CipherUpdate))]
    [SuppressGCTransition]
    public static partial int EVP_CipherUpdateShort(nint context, byte* @out, int* outLength, byte* @in, int length);

    [LibraryImport(Name)]
    [SuppressGCTransition]
    public static partial int EVP_CipherFinal_ex(nint context, byte* @out, int* outLength);

    [LibraryImport(Name)]
    [SuppressGCTransition]
    public static partial int EVP_CIPHER_CTX_ctrl(nint context, int command, int number, void* pointer);
}
