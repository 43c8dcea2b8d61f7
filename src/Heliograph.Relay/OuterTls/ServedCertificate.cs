namespace Heliograph.Relay.OuterTls;

/// <summary>The certificate that ordinary visitors get, and how it is served. From any thread.</summary>
internal sealed class ServedCertificate : IDisposable
{
    private readonly Lock changing = new();
    private ServerCertificate certificate;
    private RelayOptions options;
    private volatile TlsContext context;

    /// <exception cref="CertificateException">OpenSSL does not accept the certificate or its key.</exception>
    public ServedCertificate(ServerCertificate certificate, RelayOptions options)
    {
        this.certificate = certificate;
        this.options = options;
        context = Create(certificate, options);
    }

    /// <summary>For new handshakes. One that was replaced is left to its finalizer, as a loop may still use it.</summary>
    public TlsContext Context => context;

    /// <summary>From now on new handshakes get this certificate.</summary>
    /// <exception cref="CertificateException">OpenSSL does not accept it; nothing has changed.</exception>
    public void Use(ServerCertificate changed)
    {
        lock (changing)
        {
            context = Create(changed, options);
            certificate = changed;
        }
    }

    /// <summary>From now on new handshakes are performed as these options say.</summary>
    /// <returns>Whether anything has changed.</returns>
    public bool Use(RelayOptions changed)
    {
        lock (changing)
        {
            if (OffersHttp2(changed) == OffersHttp2(options) && changed.Handshake == options.Handshake)
                return false;
            context = Create(certificate, changed);
            options = changed;
            return true;
        }
    }

    public void Dispose() => context.Dispose();

    private static TlsContext Create(ServerCertificate certificate, RelayOptions options) =>
        TlsContext.Create(certificate, OffersHttp2(options), options.Handshake, options.AgesSessions);

    private static bool OffersHttp2(RelayOptions options) => options.Decoy.Http2 is not null;
}
