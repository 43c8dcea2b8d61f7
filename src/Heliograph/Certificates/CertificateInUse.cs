using Heliograph.Relay.OuterTls;

namespace Heliograph.Certificates;

/// <summary>The source of the certificate; another one takes its place when the configuration changes.</summary>
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

    /// <summary>Serves what another source has, and watches it in the place of the one before. An order under way is broken off.</summary>
    /// <exception cref="CertificateException">OpenSSL does not take its certificate; the one before goes on.</exception>
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
        var before = Source;
        Source = other;
        await before.DisposeAsync();
        // Until it was disposed of, the one before may have put one more certificate to use.
        use(other.Current);
        other.Watch(use);
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
