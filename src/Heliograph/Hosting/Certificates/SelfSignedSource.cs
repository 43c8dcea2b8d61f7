namespace Heliograph.Hosting.Certificates;

/// <summary>A throw-away certificate for the configured names, kept in memory only.</summary>
internal sealed class SelfSignedSource : ICertificateSource
{
    public SelfSignedSource(IReadOnlyList<string> names, TimeProvider time)
    {
        var (chain, key) = SelfSignedPair.Create(names, time.GetUtcNow());
        Current = LoadedCertificate.FromPem(chain, key);
    }

    public LoadedCertificate Current { get; }

    public string Description => "self-signed, made at this start: no client trusts it";

    public void Watch(Action<LoadedCertificate> use)
    {
        // It lasts as long as the process.
    }

    public void Reload()
    {
        // There is nothing to read again.
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
