using System.Runtime.InteropServices;
using Heliograph.Tls13.Handshake;
using Heliograph.Tls13.Native;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// A certificate that is served: an SSL_CTX shaped like nginx (<see cref="NginxShape"/>), and the identity for handshakes without libssl.
/// Shared by all loops. One that was replaced is left to its finalizer, as a loop may still use it; connections hold references that
/// OpenSSL counts.
/// </summary>
internal sealed unsafe class TlsContext : SafeHandle
{
    private TlsContext(nint context) : base(0, ownsHandle: true)
    {
        SetHandle(context);
        Sessions = SessionCache.CreateFor(context);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The SSL_CTX.</summary>
    public nint Pointer => handle;

    /// <summary>For <see cref="HandshakeServer"/>; null: libssl performs every handshake.</summary>
    public ServerIdentity? Identity { get; private set; }

    /// <summary>What clients may resume.</summary>
    public SessionCache Sessions { get; }

    /// <summary>Whether the sessions that a resumed one leads to end when it would have ended; see <see cref="RelayOptions"/>.</summary>
    public bool AgesSessions { get; private set; }

    /// <summary>The context of ordinary visitors.</summary>
    /// <param name="certificate">The certificate to serve.</param>
    /// <param name="offerHttp2">Whether <c>h2</c> is among the protocols.</param>
    /// <param name="handshake">Who may perform the handshake.</param>
    /// <param name="agesSessions">See <see cref="AgesSessions"/>.</param>
    /// <exception cref="CertificateException">OpenSSL does not accept the certificate or the key.</exception>
    public static TlsContext Create(ServerCertificate certificate, bool offerHttp2, TlsHandshake handshake, bool agesSessions)
    {
        var protocols = offerHttp2 ? ProtocolList.Http2 : ProtocolList.Http1;
        var context = Create(certificate, protocols);
        context.AgesSessions = agesSessions;
        if (handshake == TlsHandshake.Auto)
            context.Identity = context.CreateIdentity(certificate, protocols);
        return context;
    }

    /// <summary>The context of a certificate authority's validation: <c>acme-tls/1</c> and nothing else (RFC 8737 section 3).</summary>
    /// <exception cref="CertificateException">OpenSSL does not accept the certificate or the key.</exception>
    public static TlsContext CreateForValidation(ServerCertificate certificate) => Create(certificate, ProtocolList.Validation);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Identity?.Dispose();
        base.Dispose(disposing);
    }

    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_CTX_free(handle);
        return true;
    }

    private static TlsContext Create(ServerCertificate certificate, ProtocolList protocols)
    {
        OpenSslErrors.Clear();
        var pointer = LibSsl.SSL_CTX_new(LibSsl.TLS_server_method());
        Check(pointer != 0);
        var context = new TlsContext(pointer);
        try
        {
            Check(NginxShape.TryApply(context.handle, protocols));
            context.Use(certificate);
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    private void Use(ServerCertificate certificate)
    {
        fixed (byte* leaf = certificate.Chain[0].Span)
            Check(LibSsl.SSL_CTX_use_certificate_ASN1(handle, certificate.Chain[0].Length, leaf) == 1);
        foreach (var issuer in certificate.Chain.Skip(1))
        {
            fixed (byte* der = issuer.Span)
            {
                var start = der;
                var parsed = LibSsl.d2i_X509(0, &start, issuer.Length);
                if (LibSsl.SSL_CTX_ctrl(handle, LibSsl.CtrlExtraChainCert, 0, parsed) != 1)
                {
                    LibSsl.X509_free(parsed);
                    Check(false);
                }
            }
        }
        fixed (byte* der = certificate.Key.Span)
        {
            var start = der;
            var key = LibSsl.d2i_AutoPrivateKey(0, &start, certificate.Key.Length);
            var isUsed = LibSsl.SSL_CTX_use_PrivateKey(handle, key) == 1; // takes its own reference
            LibSsl.EVP_PKEY_free(key);
            Check(isUsed);
        }
        Check(LibSsl.SSL_CTX_check_private_key(handle) == 1);
    }

    /// <returns>Null: the certificate is not one that <see cref="HandshakeServer"/> is for, or libssl would answer otherwise.</returns>
    private ServerIdentity? CreateIdentity(ServerCertificate certificate, ProtocolList protocols)
    {
        if (!certificate.HasP256Key)
            return null;
        var identity = ServerIdentity.TryCreate(certificate.Chain, certificate.Key.Span, protocols.Wire, Sessions);
        if (identity is null || LibsslParityCheck.Passes(this, identity))
            return identity;
        identity.Dispose();
        return null;
    }

    private static void Check(bool done)
    {
        if (!done)
            throw new CertificateException($"OpenSSL does not accept the certificate or its key: {OpenSslErrors.TakeFirst()}");
    }
}
