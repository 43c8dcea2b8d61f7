using System.Runtime.InteropServices;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// The calls into OpenSSL 3's libssl, and into libcrypto for what libssl needs: BIOs, certificates, keys. Raw: <see cref="TlsContext"/>,
/// <see cref="TlsBio"/> and <see cref="TlsChannel"/> own what these make.
/// </summary>
internal static unsafe partial class LibSsl
{
    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    public const int ErrorWantRead = 2, ErrorZeroReturn = 6;
    public const int Tls12Version = 0x0303, Tls13Version = 0x0304;

    // SSL_CTX_ctrl and SSL_CTX_callback_ctrl (ssl.h, tls1.h)
    public const int CtrlExtraChainCert = 14, CtrlMode = 33, CtrlSetSessionCacheMode = 44,
        CtrlSetServerNameCallback = 53, CtrlSetMinProtocol = 123, CtrlSetMaxProtocol = 124;

    public const ulong OptionNoRenegotiation = 1UL << 30, OptionNoTicket = 1UL << 14, OptionIgnoreUnexpectedEof = 1UL << 7,
        OptionNoCompression = 1UL << 17;

    public const int ModeReleaseBuffers = 0x10, ModeNoAutoChain = 0x8;
    public const int SessionCacheServer = 2, SessionCacheNoInternal = 0x300;

    public const int AlertFatal = 2, AlpnOk = 0;

    /// <summary>CRYPTO_EX_INDEX_SSL_CTX.</summary>
    public const int ExDataOfContext = 1;

    /// <summary>SSL_SENT_SHUTDOWN and SSL_RECEIVED_SHUTDOWN.</summary>
    public const int ShutdownBoth = 3;

    /// <summary>Whether OpenSSL 3 is on this machine.</summary>
    public static bool IsAvailable()
    {
        if (!NativeLibrary.TryLoad(Ssl, out var library))
            return false;
        return NativeLibrary.TryGetExport(library, "SSL_CTX_new", out _);
    }

    [LibraryImport(Ssl)]
    public static partial nint TLS_server_method();

    [LibraryImport(Ssl)]
    public static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_free(nint context);

    [LibraryImport(Ssl)]
    public static partial nint SSL_CTX_ctrl(nint context, int command, nint number, nint pointer);

    [LibraryImport(Ssl)]
    public static partial nint SSL_CTX_callback_ctrl(nint context, int command, delegate* unmanaged[Cdecl]<nint, int*, nint, int> callback);

    [LibraryImport(Ssl)]
    public static partial ulong SSL_CTX_set_options(nint context, ulong options);

    [LibraryImport(Ssl)]
    public static partial nint SSL_CTX_set_timeout(nint context, nint seconds);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_set_session_id_context(nint context, byte* id, uint length);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_cipher_list(nint context, string ciphers);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_use_certificate_ASN1(nint context, int length, byte* der);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_use_PrivateKey(nint context, nint key);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_check_private_key(nint context);

    /// <summary>Takes over the key on success.</summary>
    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_set0_tmp_dh_pkey(nint context, nint key);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_set_alpn_select_cb(
        nint context, delegate* unmanaged[Cdecl]<nint, byte**, byte*, byte*, uint, nint, int> callback, nint argument);

    [LibraryImport(Ssl)]
    public static partial int SSL_select_next_proto(
        byte** @out, byte* outLength, byte* server, uint serverLength, byte* client, uint clientLength);

    [LibraryImport(Ssl)]
    public static partial nint SSL_new(nint context);

    [LibraryImport(Ssl)]
    public static partial void SSL_free(nint ssl);

    /// <summary>Takes over one reference of the BIO, for both directions.</summary>
    [LibraryImport(Ssl)]
    public static partial void SSL_set_bio(nint ssl, nint read, nint write);

    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    public static partial void SSL_set_accept_state(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_read(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl)]
    public static partial int SSL_write(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl)]
    public static partial int SSL_shutdown(nint ssl);

    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    public static partial int SSL_get_error(nint ssl, int result);

    /// <summary>As the application says it was: a session that did not end in order is forgotten by the cache.</summary>
    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    public static partial void SSL_set_shutdown(nint ssl, int mode);

    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    public static partial int SSL_version(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_session_reused(nint ssl);

    [LibraryImport(Ssl)]
    public static partial nint SSL_SESSION_get_time(nint session);

    [LibraryImport(Ssl)]
    public static partial nint SSL_SESSION_set_time(nint session, nint seconds);

    [LibraryImport(Ssl)]
    public static partial nint SSL_SESSION_get_timeout(nint session);

    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    public static partial int SSL_has_pending(nint ssl);

    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    public static partial nint SSL_get_current_cipher(nint ssl);

    /// <summary>The suite's number in the protocol.</summary>
    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    public static partial ushort SSL_CIPHER_get_protocol_id(nint cipher);

    [LibraryImport(Ssl)]
    public static partial int SSL_set_ex_data(nint ssl, int index, void* data);

    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    public static partial void* SSL_get_ex_data(nint ssl, int index);

    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    public static partial nint SSL_get_SSL_CTX(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_set_ex_data(nint context, int index, void* data);

    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    public static partial void* SSL_CTX_get_ex_data(nint context, int index);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_set_keylog_callback(nint context, delegate* unmanaged[Cdecl]<nint, byte*, void> callback);

    [LibraryImport(Ssl)]
    public static partial void SSL_get0_alpn_selected(nint ssl, byte** protocol, uint* length);

    /// <summary>The suites that a context has, as a stack of SSL_CIPHER.</summary>
    [LibraryImport(Ssl)]
    public static partial nint SSL_CTX_get_ciphers(nint context);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_sess_set_new_cb(nint context, delegate* unmanaged[Cdecl]<nint, nint, int> keep);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_sess_set_get_cb(nint context, delegate* unmanaged[Cdecl]<nint, byte*, int, int*, nint> find);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_sess_set_remove_cb(nint context, delegate* unmanaged[Cdecl]<nint, nint, void> remove);

    /// <summary>Writes a session behind the pointer, and moves it; with null only counts.</summary>
    [LibraryImport(Ssl)]
    public static partial int i2d_SSL_SESSION(nint session, byte** der);

    [LibraryImport(Ssl)]
    public static partial nint d2i_SSL_SESSION(nint reuse, byte** der, nint length);

    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    public static partial byte* SSL_SESSION_get_id(nint session, uint* length);

    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    public static partial nint SSL_get_session(nint ssl);

    /// <summary>What the client asked for by max_fragment_length (RFC 6066 section 4); 0: nothing.</summary>
    [LibraryImport(Ssl)]
    [SuppressGCTransition]
    public static partial byte SSL_SESSION_get_max_fragment_length(nint session);

    [LibraryImport(Ssl)]
    public static partial nint SSL_SESSION_new();

    [LibraryImport(Ssl)]
    public static partial void SSL_SESSION_free(nint session);

    [LibraryImport(Ssl)]
    public static partial int SSL_SESSION_set_protocol_version(nint session, int version);

    [LibraryImport(Ssl)]
    public static partial int SSL_SESSION_set_cipher(nint session, nint cipher);

    [LibraryImport(Ssl)]
    public static partial int SSL_SESSION_set1_master_key(nint session, byte* key, nint length);

    [LibraryImport(Ssl)]
    public static partial int SSL_SESSION_set1_id(nint session, byte* id, uint length);

    [LibraryImport(Ssl)]
    public static partial int SSL_SESSION_set1_id_context(nint session, byte* id, uint length);

    [LibraryImport(Ssl)]
    public static partial nint SSL_SESSION_set_timeout(nint session, nint seconds);

    /// <summary>A number for SSL_CTX_set_ex_data that nobody else has.</summary>
    [LibraryImport(Crypto)]
    public static partial int CRYPTO_get_ex_new_index(
        int type, nint number, nint pointer, nint create, nint copy,
        delegate* unmanaged[Cdecl]<nint, nint, nint, int, nint, nint, void> free);

    [LibraryImport(Crypto)]
    public static partial int OPENSSL_sk_num(nint stack);

    [LibraryImport(Crypto)]
    public static partial nint OPENSSL_sk_value(nint stack, int index);

    [LibraryImport(Crypto)]
    public static partial nint d2i_AutoPrivateKey(nint reuse, byte** der, nint length);

    [LibraryImport(Crypto)]
    public static partial nint d2i_X509(nint reuse, byte** der, nint length);

    [LibraryImport(Crypto)]
    public static partial void X509_free(nint certificate);

    [LibraryImport(Crypto)]
    public static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Crypto)]
    public static partial nint BIO_new_mem_buf(byte* bytes, int length);

    [LibraryImport(Crypto)]
    public static partial nint PEM_read_bio_Parameters(nint bio, nint reuse);

    [LibraryImport(Crypto)]
    public static partial int BIO_get_new_index();

    [LibraryImport(Crypto)]
    public static partial nint BIO_meth_new(int type, byte* name);

    [LibraryImport(Crypto)]
    public static partial void BIO_meth_free(nint method);

    [LibraryImport(Crypto)]
    public static partial int BIO_meth_set_write(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> write);

    [LibraryImport(Crypto)]
    public static partial int BIO_meth_set_read(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> read);

    [LibraryImport(Crypto)]
    public static partial int BIO_meth_set_ctrl(nint method, delegate* unmanaged[Cdecl]<nint, int, nint, nint, nint> ctrl);

    [LibraryImport(Crypto)]
    public static partial nint BIO_new(nint method);

    [LibraryImport(Crypto)]
    [SuppressGCTransition]
    public static partial int BIO_up_ref(nint bio);

    [LibraryImport(Crypto)]
    public static partial int BIO_free(nint bio);

    [LibraryImport(Crypto)]
    [SuppressGCTransition]
    public static partial void BIO_set_data(nint bio, void* data);

    [LibraryImport(Crypto)]
    [SuppressGCTransition]
    public static partial void* BIO_get_data(nint bio);

    [LibraryImport(Crypto)]
    [SuppressGCTransition]
    public static partial void BIO_set_init(nint bio, int init);

    [LibraryImport(Crypto)]
    [SuppressGCTransition]
    public static partial void BIO_set_flags(nint bio, int flags);

    [LibraryImport(Crypto)]
    [SuppressGCTransition]
    public static partial void BIO_clear_flags(nint bio, int flags);
}
