using Heliograph.Relay.OuterTls;

namespace Heliograph.Certificates;

/// <summary>A throw-away certificate for the configured names, kept in memory only.</summary>
internal sealed class SelfSignedSource : ICertificateSource
{
    public SelfSignedSource(IReadOnlyList<string> names, TimeProvider timeProvider)
    {
        var (chain, key) = SelfSignedPair.Create(names, timeProvider.GetUtcNow());
        ChainPem = chain;
        Current = PemCertificate.Read(chain, key);
    }

    /// <summary>The leaf and the authority that signed it, for a client in the same process that must trust it.</summary>
    public string ChainPem { get; }

    public ServerCertificate Current { get; }

    public string Description => "self-signed, created at this start: no client trusts it";

    public CertificateReport Describe() => CertificateReport.FromDescription("self-signed", Current);

    public void Watch(Action<ServerCertificate> use)
    {
        // It is valid for longer than the process runs.
    }

    public void Reload()
    {
        // There is nothing to reload.
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
