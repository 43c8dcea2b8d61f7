using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// An SSL_CTX shaped like nginx 1.22 with certbot's options-ssl-nginx.conf, so that neither a scan nor a passive look tells this server from it
/// (docs/threat-model.md). Shared by all loops; a replaced one lives on in the connections that use it, by OpenSSL's own reference count.
/// </summary>
internal sealed unsafe class TlsContext : SafeHandle
{
    /// <summary>ssl_session_timeout 1440m.</summary>
    public const int SessionSeconds = 24 * 60 * 60;

    /// <summary>certbot's ssl_ciphers for TLS 1.2; those of TLS 1.3 are OpenSSL's defaults there and here.</summary>
    private const string Ciphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:" +
        "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";

    /// <summary>certbot's ssl_dhparam: the group ffdhe2048 of RFC 7919, for the DHE-RSA suites above.</summary>
    internal const string DhParameters =
        """
        -----BEGIN DH PARAMETERS-----
        MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
        +8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
        87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
        YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
        7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
        ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
        -----END DH PARAMETERS-----
        """;

    /// <summary>
    /// certbot's shared cache of 10 MB holds some 40,000 sessions for a day. Signal's clients never resume, so a smaller one serves the visitors who
    /// do; each cached session costs 0.5 to 1 KB.
    /// </summary>
    private const int CachedSessions = 256;

    /// <summary>nginx's: sessions of another program's cache are not taken for ours.</summary>
    private static ReadOnlySpan<byte> SessionContext => "HTTP"u8;

    private static readonly byte* Http2Protocols = Protocols("h2", "http/1.1", "http/1.0", "http/0.9");
    private static readonly byte* Http1Protocols = Protocols("http/1.1", "http/1.0", "http/0.9");
    private static readonly byte* ValidationProtocols = Protocols("acme-tls/1");

    private readonly byte* protocols;
    private nint signingKey;

    private TlsContext(nint context, byte* protocols) : base(0, ownsHandle: true)
    {
        SetHandle(context);
        this.protocols = protocols;
    }

    public override bool IsInvalid => handle == 0;

    internal nint Pointer => handle;

    /// <summary>The private key as OpenSSL's EVP_PKEY, if it is one on P-256 and the chain fits a record; otherwise 0.</summary>
    internal nint SigningKey => signingKey;

    /// <summary>TLS 1.3's Certificate message, where there is a <see cref="SigningKey"/>.</summary>
    internal byte[] CertificateMessage { get; private set; } = [];

    /// <summary>The context of ordinary visitors.</summary>
    /// <param name="certificate">What is served.</param>
    /// <param name="offerHttp2">Whether <c>h2</c> is among the protocols.</param>
    /// <exception cref="CertificateException">OpenSSL does not take the certificate or the key.</exception>
    public static TlsContext Create(ServerCertificate certificate, bool offerHttp2)
    {
        var context = Create(certificate, offerHttp2 ? Http2Protocols : Http1Protocols);
        context.UseWithoutLibssl(certificate);
        return context;
    }

    /// <summary>The context of a certificate authority's validation: <c>acme-tls/1</c> and nothing else (RFC 8737 section 3).</summary>
    /// <exception cref="CertificateException">OpenSSL does not take the certificate or the key.</exception>
    public static TlsContext CreateForValidation(ServerCertificate certificate)
    {
        var context = Create(certificate, ValidationProtocols);
        context.LeaveToLibssl();
        return context;
    }

    /// <summary>What ALPN comes to: nginx's order decides.</summary>
    /// <param name="offered">The client's entries, well-formed; empty where there is no such extension.</param>
    /// <param name="selected">A name; empty: nothing was offered.</param>
    /// <returns>False: nothing matches.</returns>
    internal bool TrySelectProtocol(ReadOnlySpan<byte> offered, out ReadOnlySpan<byte> selected)
    {
        selected = default;
        if (offered.IsEmpty)
            return true;
        for (var ours = new ReadOnlySpan<byte>(protocols + 1, protocols[0]); !ours.IsEmpty; ours = ours[(1 + ours[0])..])
        {
            for (var theirs = offered; !theirs.IsEmpty; theirs = theirs[(1 + theirs[0])..])
            {
                if (!theirs[1..(1 + theirs[0])].SequenceEqual(ours[1..(1 + ours[0])]))
                    continue;
                selected = ours[1..(1 + ours[0])];
                return true;
            }
        }
        return false;
    }

    /// <summary>Puts a session of TLS 1.3 into the cache, so that libssl resumes it when its ticket comes back.</summary>
    /// <param name="suite">What was agreed on.</param>
    /// <param name="id">The ticket: 32 bytes.</param>
    /// <param name="sharedKey">The pre-shared key that goes with it.</param>
    internal void Remember(CipherSuite suite, ReadOnlySpan<byte> id, ReadOnlySpan<byte> sharedKey)
    {
        var session = OpenSsl.SSL_SESSION_new();
        if (session == 0)
            return;
        fixed (byte* ticket = id, key = sharedKey, name = SessionContext)
        {
            var made = OpenSsl.SSL_SESSION_set_protocol_version(session, OpenSsl.Tls13Version) == 1
                && OpenSsl.SSL_SESSION_set_cipher(session, CipherOf(suite)) == 1
                && OpenSsl.SSL_SESSION_set1_id(session, ticket, (uint)id.Length) == 1
                && OpenSsl.SSL_SESSION_set1_id_context(session, name, (uint)SessionContext.Length) == 1
                && OpenSsl.SSL_SESSION_set1_master_key(session, key, sharedKey.Length) == 1
                && OpenSsl.SSL_SESSION_set_timeout(session, SessionSeconds) == 1;
            // One that is not remembered costs the client a full handshake, and nothing else.
            if (made)
                _ = OpenSsl.SSL_CTX_add_session(handle, session);
        }
        OpenSsl.SSL_SESSION_free(session);
        GC.KeepAlive(this);
    }

    protected override bool ReleaseHandle()
    {
        OpenSsl.EVP_PKEY_free(signingKey);
        OpenSsl.SSL_CTX_free(handle);
        return true;
    }

    private static TlsContext Create(ServerCertificate certificate, byte* protocols)
    {
        OpenSsl.ERR_clear_error();
        var context = new TlsContext(OpenSsl.SSL_CTX_new(OpenSsl.TLS_server_method()), protocols);
        try
        {
            context.ShapeLikeNginx();
            context.Use(certificate);
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    private void ShapeLikeNginx()
    {
        Control(OpenSsl.CtrlSetMinProtocol, OpenSsl.Tls12Version);
        Control(OpenSsl.CtrlSetMaxProtocol, OpenSsl.Tls13Version);
        Check(OpenSsl.SSL_CTX_set_cipher_list(handle, Ciphers));
        // ssl_prefer_server_ciphers off: the client's order is OpenSSL's default. ssl_session_tickets off. TLS 1.3 tickets are then stateful, as nginx's.
        OpenSsl.SSL_CTX_set_options(handle, OpenSsl.OptionNoTicket | OpenSsl.OptionNoRenegotiation | OpenSsl.OptionNoCompression
            | OpenSsl.OptionIgnoreUnexpectedEof);
        Control(OpenSsl.CtrlMode, OpenSsl.ModeReleaseBuffers | OpenSsl.ModeNoAutoChain);
        // Expired sessions are refused when they are asked for and pushed out by newer ones; a walk over all of them every 255 handshakes is saved.
        Control(OpenSsl.CtrlSetSessionCacheMode, OpenSsl.SessionCacheServer | OpenSsl.SessionCacheNoAutoClear);
        Control(OpenSsl.CtrlSetSessionCacheSize, CachedSessions);
        // The lifetime is written into each TLS 1.3 ticket: ssl_session_timeout 1440m.
        OpenSsl.SSL_CTX_set_timeout(handle, SessionSeconds);
        fixed (byte* id = SessionContext)
            Check(OpenSsl.SSL_CTX_set_session_id_context(handle, id, (uint)SessionContext.Length));
        // The name is acknowledged, whatever it is: 27 bytes of EncryptedExtensions where SslStream has 23.
        OpenSsl.SSL_CTX_callback_ctrl(handle, OpenSsl.CtrlSetServerNameCallback, &AcknowledgeServerName);
        OpenSsl.SSL_CTX_set_alpn_select_cb(handle, &SelectProtocol, (nint)protocols);
        OpenSsl.SSL_CTX_set_keylog_callback(handle, TrafficSecrets.KeyLog);
        var dh = ReadDhParameters();
        if (OpenSsl.SSL_CTX_set0_tmp_dh_pkey(handle, dh) != 1)
            OpenSsl.EVP_PKEY_free(dh);
    }

    private void Use(ServerCertificate certificate)
    {
        fixed (byte* leaf = certificate.Chain[0].Span)
            Check(OpenSsl.SSL_CTX_use_certificate_ASN1(handle, certificate.Chain[0].Length, leaf));
        foreach (var issuer in certificate.Chain.Skip(1))
        {
            fixed (byte* der = issuer.Span)
            {
                var start = der;
                var parsed = OpenSsl.d2i_X509(0, &start, issuer.Length);
                if (OpenSsl.SSL_CTX_ctrl(handle, OpenSsl.CtrlExtraChainCert, 0, parsed) != 1)
                {
                    OpenSsl.X509_free(parsed);
                    Check(0);
                }
            }
        }
        fixed (byte* der = certificate.Key.Span)
        {
            var start = der;
            var key = OpenSsl.d2i_AutoPrivateKey(0, &start, certificate.Key.Length);
            var taken = OpenSsl.SSL_CTX_use_PrivateKey(handle, key); // takes its own reference
            signingKey = key;
            Check(taken);
        }
        Check(OpenSsl.SSL_CTX_check_private_key(handle));
    }

    /// <summary>Gets ready for <see cref="Handshake.HandshakeServer"/>, if the certificate is one that it is for.</summary>
    private void UseWithoutLibssl(ServerCertificate certificate)
    {
        const int PerCertificate = 3 + 2, Fixed = 4 + 1 + 3;
        var length = Fixed + certificate.Chain.Sum(static one => PerCertificate + one.Length);
        if (!certificate.HasP256Key || length > RecordLayer.LargestContent)
        {
            LeaveToLibssl();
            return;
        }
        CertificateMessage = new byte[length];
        var writer = new Handshake.MessageWriter(CertificateMessage, Handshake.HandshakeType.Certificate);
        writer.WriteByte(0); // certificate_request_context
        writer.WriteUInt24(length - Fixed);
        foreach (var one in certificate.Chain)
        {
            writer.WriteUInt24(one.Length);
            writer.Write(one.Span);
            writer.WriteUInt16(0); // no extensions
        }
        _ = writer.Message;
        if (!Handshake.SameAsLibssl.Answers(this))
            LeaveToLibssl();
    }

    private void LeaveToLibssl()
    {
        OpenSsl.EVP_PKEY_free(signingKey);
        signingKey = 0;
    }

    /// <summary>libssl's description of a suite, which lives as long as the library.</summary>
    private nint CipherOf(CipherSuite suite)
    {
        var ciphers = OpenSsl.SSL_CTX_get_ciphers(handle);
        for (var i = 0; i < OpenSsl.OPENSSL_sk_num(ciphers); i++)
        {
            var cipher = OpenSsl.OPENSSL_sk_value(ciphers, i);
            if (OpenSsl.SSL_CIPHER_get_protocol_id(cipher) == suite.Id)
                return cipher;
        }
        return 0;
    }

    private void Control(int command, nint number) => OpenSsl.SSL_CTX_ctrl(handle, command, number, 0);

    private static void Check(int result)
    {
        if (result != 1)
            throw new CertificateException($"OpenSSL does not take the certificate or its key: {OpenSsl.TakeError()}");
    }

    private static nint ReadDhParameters()
    {
        var pem = System.Text.Encoding.ASCII.GetBytes(DhParameters);
        fixed (byte* bytes = pem)
        {
            var bio = OpenSsl.BIO_new_mem_buf(bytes, pem.Length);
            var parameters = OpenSsl.PEM_read_bio_Parameters(bio, 0);
            _ = OpenSsl.BIO_free(bio);
            return parameters;
        }
    }

    /// <summary>A list in ALPN's wire format behind its length, in memory that lives as long as the process.</summary>
    private static byte* Protocols(params string[] names)
    {
        var wire = names.SelectMany(static name => System.Text.Encoding.ASCII.GetBytes(name).Prepend((byte)name.Length)).ToArray();
        var list = (byte*)NativeMemory.Alloc((nuint)wire.Length + 1);
        list[0] = (byte)wire.Length;
        wire.CopyTo(new Span<byte>(list + 1, wire.Length));
        return list;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int AcknowledgeServerName(nint ssl, int* alert, nint argument) => 0; // SSL_TLSEXT_ERR_OK

    /// <summary>nginx's rule: the server's order, and the alert no_application_protocol when nothing matches.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SelectProtocol(nint ssl, byte** selected, byte* selectedLength, byte* offered, uint offeredLength, nint argument)
    {
        const int Negotiated = 1; // OPENSSL_NPN_NEGOTIATED
        var list = (byte*)argument;
        return OpenSsl.SSL_select_next_proto(selected, selectedLength, list + 1, list[0], offered, offeredLength) == Negotiated
            ? OpenSsl.AlpnOk
            : OpenSsl.AlertFatal;
    }
}
