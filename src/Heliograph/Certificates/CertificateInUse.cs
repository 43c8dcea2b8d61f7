using Heliograph.Relay.OuterTls;
using Microsoft.Extensions.Logging;

namespace Heliograph.Certificates;

/// <summary>
/// The certificate's source, which is replaced when the configuration changes. What clients would refuse in the certificate is logged at
/// once: at the start, at every reload, and with every new certificate.
/// </summary>
internal sealed class CertificateInUse(
    ICertificateSource source, IReadOnlyList<string> domains, TimeProvider timeProvider, ILogger logger) : IAsyncDisposable
{
    private readonly Lock judging = new();
    private IReadOnlyList<string> domains = domains;
    private Action<ServerCertificate> use = static _ => { };
    private string? judged;

    public ICertificateSource Source { get; private set; } = source;

    public CertificateReport Describe() => Source.Describe();

    /// <summary>Called once everything listens.</summary>
    public void Watch(Action<ServerCertificate> use)
    {
        this.use = use;
        Judge(Source.Current);
        Source.Watch(Use);
    }

    /// <summary>Checks for a new certificate at once, on the operator's request.</summary>
    /// <param name="newDomains">The names that clients ask for from now on.</param>
    public void Reload(IReadOnlyList<string> newDomains)
    {
        Expect(newDomains);
        Source.Reload();
        Judge(Source.Current);
    }

    /// <summary>Another machine of the fleet may have stored a certificate.</summary>
    public void UseShared() => (Source as AcmeSource)?.UseStored();

    /// <summary>Serves another source's certificate, and watches that source from now on. An order in progress is cancelled.</summary>
    /// <exception cref="CertificateException">OpenSSL does not accept its certificate; the previous source stays in use.</exception>
    public async Task ReplaceAsync(ICertificateSource other, IReadOnlyList<string> newDomains)
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
        Expect(newDomains);
        Judge(other.Current);
        other.Watch(Use);
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    private void Use(ServerCertificate certificate)
    {
        use(certificate);
        Judge(certificate);
    }

    private void Expect(IReadOnlyList<string> newDomains)
    {
        lock (judging)
        {
            domains = newDomains;
            judged = null;
        }
    }

    /// <summary>Once for each certificate after each request.</summary>
    private void Judge(ServerCertificate certificate)
    {
        lock (judging)
        {
            if (certificate.Fingerprint == judged)
                return;
            judged = certificate.Fingerprint;
            foreach (var fault in CertificateFaults.Find(certificate, domains, timeProvider.GetUtcNow()))
                HostLog.CertificateFaulty(logger, fault);
        }
    }
}
