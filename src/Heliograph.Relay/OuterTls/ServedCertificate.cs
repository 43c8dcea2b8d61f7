namespace Heliograph.Relay.OuterTls;

/// <summary>The certificate that ordinary visitors get, and how it is served. From any thread.</summary>
internal sealed class ServedCertificate : IDisposable
{
    private readonly Lock changing = new();
    private ServerCertificate certificate;
    private bool offersHttp2;
    private volatile TlsContext context;

    /// <exception cref="CertificateException">OpenSSL does not accept the certificate or its key.</exception>
    public ServedCertificate(ServerCertificate certificate, bool offersHttp2)
    {
        this.certificate = certificate;
        this.offersHttp2 = offersHttp2;
        context = TlsContext.Create(certificate, offersHttp2);
    }

    /// <summary>For new handshakes. One that was replaced is left to its finalizer, as a loop may still use it.</summary>
    public TlsContext Context => context;

    /// <summary>From now on new handshakes get this certificate.</summary>
    /// <exception cref="CertificateException">OpenSSL does not accept it; nothing has changed.</exception>
    public void Use(ServerCertificate changed)
    {
        lock (changing)
        {
            context = TlsContext.Create(changed, offersHttp2);
            certificate = changed;
        }
    }

    /// <summary>From now on new handshakes are like this.</summary>
    /// <returns>Whether anything has changed.</returns>
    public bool Use(bool offerHttp2)
    {
        lock (changing)
        {
            if (offerHttp2 == offersHttp2)
                return false;
            context = TlsContext.Create(certificate, offerHttp2);
            offersHttp2 = offerHttp2;
            return true;
        }
    }

    public void Dispose() => context.Dispose();
}
