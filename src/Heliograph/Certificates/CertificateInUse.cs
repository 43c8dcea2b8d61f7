using Heliograph.Relay.OuterTls;

namespace Heliograph.Certificates;

/// <summary>The certificate's source, which is replaced when the configuration changes.</summary>
internal sealed class CertificateInUse(ICertificateSource source) : IAsyncDisposable
{
    private Action<ServerCertificate> use = static _ => { };

    public ICertificateSource Source { get; private set; } = source;

    public CertificateReport Describe() => Source.Describe();

    /// <summary>Called once everything listens.</summary>
    public void Watch(Action<ServerCertificate> use)
    {
        this.use = use;
        Source.Watch(use);
    }

    /// <summary>Serves another source's certificate, and watches that source from now on. An order in progress is cancelled.</summary>
    /// <exception cref="CertificateException">OpenSSL does not accept its certificate; the previous source stays in use.</exception>
    public async Task ReplaceAsync(ICertificateSource other)
    {
        try
        {
            use(other.Current);
        }
        catch (CertificateException)
        {
            await other.DisposeAsync();
            throw;
        }
        var previous = Source;
        Source = other;
        await previous.DisposeAsync();
        // Until it was disposed of, the previous source may have put another certificate to use.
        use(other.Current);
        other.Watch(use);
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
