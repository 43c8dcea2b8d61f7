using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// Shapes an SSL_CTX like nginx 1.22 with certbot's options-ssl-nginx.conf, so that neither a scan nor a passive observer can tell this
/// server from it (docs/threat-model.md).
/// </summary>
internal static unsafe class NginxShape
{
    /// <summary>ssl_session_timeout 1440m.</summary>
    public const int SessionSeconds = 24 * 60 * 60;

    /// <summary>certbot's ssl_ciphers for TLS 1.2; those of TLS 1.3 are OpenSSL's defaults there and here.</summary>
    private const string Ciphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:" +
        "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";

    /// <summary>certbot's ssl_dhparam: the group ffdhe2048 of RFC 7919, for the DHE-RSA suites above.</summary>
    private const string DhParameters =
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

    /// <summary>nginx's session context: sessions of another program's cache are not accepted as ours.</summary>
    public static ReadOnlySpan<byte> SessionContext => "HTTP"u8;

    /// <param name="context">The SSL_CTX.</param>
    /// <param name="protocols">The application protocols that it offers.</param>
    /// <returns>False: OpenSSL refuses, and its error says why.</returns>
    public static bool TryApply(nint context, ProtocolList protocols)
    {
        Control(LibSsl.CtrlSetMinProtocol, LibSsl.Tls12Version);
        Control(LibSsl.CtrlSetMaxProtocol, LibSsl.Tls13Version);
        if (LibSsl.SSL_CTX_set_cipher_list(context, Ciphers) != 1)
            return false;
        // ssl_prefer_server_ciphers off: the client's order decides, which is OpenSSL's default. ssl_session_tickets off: TLS 1.3 tickets
        // are then stateful, as nginx's are.
        LibSsl.SSL_CTX_set_options(context, LibSsl.OptionNoTicket | LibSsl.OptionNoRenegotiation | LibSsl.OptionNoCompression
            | LibSsl.OptionIgnoreUnexpectedEof);
        Control(LibSsl.CtrlMode, LibSsl.ModeReleaseBuffers | LibSsl.ModeNoAutoChain);
        // OpenSSL writes the lifetime into each TLS 1.3 ticket.
        LibSsl.SSL_CTX_set_timeout(context, SessionSeconds);
        fixed (byte* id = SessionContext)
        {
            if (LibSsl.SSL_CTX_set_session_id_context(context, id, (uint)SessionContext.Length) != 1)
                return false;
        }
        // The name is acknowledged, whatever it is: 27 bytes of EncryptedExtensions where SslStream has 23.
        LibSsl.SSL_CTX_callback_ctrl(context, LibSsl.CtrlSetServerNameCallback, &AcknowledgeServerName);
        protocols.ApplyTo(context);
        LibSsl.SSL_CTX_set_keylog_callback(context, TrafficSecrets.KeyLog);
        var dh = ReadDhParameters();
        if (LibSsl.SSL_CTX_set0_tmp_dh_pkey(context, dh) != 1)
            LibSsl.EVP_PKEY_free(dh);
        return true;

        void Control(int command, nint number) => LibSsl.SSL_CTX_ctrl(context, command, number, 0);
    }

    private static nint ReadDhParameters()
    {
        var pem = Encoding.ASCII.GetBytes(DhParameters);
        fixed (byte* bytes = pem)
        {
            var bio = LibSsl.BIO_new_mem_buf(bytes, pem.Length);
            var parameters = LibSsl.PEM_read_bio_Parameters(bio, 0);
            _ = LibSsl.BIO_free(bio);
            return parameters;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int AcknowledgeServerName(nint ssl, int* alert, nint argument) => 0; // SSL_TLSEXT_ERR_OK
}
