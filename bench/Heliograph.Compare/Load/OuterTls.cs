using System.Text;

namespace Heliograph.Compare.Load;

/// <summary>
/// The outer connections, as Signal's own library makes them: a full handshake each time, with the chain verified against the
/// throw-away CA.
/// </summary>
internal sealed class OuterTls : IDisposable
{
    // libsignal's order. With one order for all, every proxy agrees on the same cipher, and the comparison is of proxies, not of AES
    // key lengths.
    private const string CipherSuites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

    private nint context;

    /// <param name="caFile">The root to trust.</param>
    /// <param name="protocol">The one protocol to offer (ALPN); null: none.</param>
    public OuterTls(string caFile, string? protocol = null)
    {
        context = OpenSsl.SSL_CTX_new(OpenSsl.TLS_client_method());
        if (
            context == 0
            || OpenSsl.SSL_CTX_load_verify_file(context, caFile) != 1
            || OpenSsl.SSL_CTX_set_ciphersuites(context, CipherSuites) != 1)
            throw new CompareException($"OpenSSL could not be set up for the load: {OpenSsl.Reason()}.");
        OpenSsl.SSL_CTX_set_verify(context, OpenSsl.VerifyPeer, 0);
        OpenSsl.SSL_CTX_ctrl(context, OpenSsl.CtrlSessionCacheMode, 0, 0);
        OpenSsl.SSL_CTX_ctrl(context, OpenSsl.CtrlMode, OpenSsl.ModeReleaseBuffers, 0);
        // The load shares its core with the upstream: fewer, larger reads keep it from becoming the bottleneck.
        OpenSsl.SSL_CTX_ctrl(context, OpenSsl.CtrlReadAhead, 1, 0);
        OpenSsl.SSL_CTX_set_default_read_buffer_len(context, 128 * 1024);
        if (protocol is not null)
        {
            byte[] list = [(byte)protocol.Length, .. Encoding.ASCII.GetBytes(protocol)];
            // The one function of OpenSSL's that returns 0 when it has succeeded.
            if (OpenSsl.SSL_CTX_set_alpn_protos(context, list, (uint)list.Length) != 0)
                throw new CompareException($"OpenSSL could not be set up for the load: {OpenSsl.Reason()}.");
        }
    }

    public nint NewConnection()
    {
        var ssl = OpenSsl.SSL_new(context);
        if (ssl == 0 || OpenSsl.SSL_set1_host(ssl, Certificates.Domain) != 1
            || OpenSsl.SSL_ctrl(ssl, OpenSsl.CtrlServerName, OpenSsl.ServerNameIsHost, Certificates.Domain) != 1)
            throw new CompareException($"OpenSSL could not create a connection for the load: {OpenSsl.Reason()}.");
        return ssl;
    }

    public void Dispose()
    {
        OpenSsl.SSL_CTX_free(context);
        context = 0;
    }
}
