using Heliograph.Relay.OuterTls;

namespace Heliograph.Certificates;

/// <summary>A throw-away certificate for the configured names, kept in memory only.</summary>
internal sealed class SelfSignedSource : ICertificateSource
{
    public SelfSignedSource(IReadOnlyList<string> names, TimeProvider timeProvider)
    {
        var (chain, key) = SelfSignedPair.Create(names, timeProvider.GetUtcNow());
        ChainPem = chain;
        Current = ServerCertificate.FromPem(chain, key);
    }

    /// <summary>The leaf and the authority that signed it, for a client in the same process that is to trust it.</summary>
    public string ChainPem { get; }

    public ServerCertificate Current { get; }

    public string Description => "self-signed, made at this start: no client trusts it";

    public CertificateReport Describe() => CertificateReport.FromDescription("self-signed", Current);

    public void Watch(Action<ServerCertificate> use)
    {
        // It lasts as long as the process.
    }

    public void Reload()
    {
        // There is nothing to read again.
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
