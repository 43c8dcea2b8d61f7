using System.Security.Cryptography.X509Certificates;
using Heliograph.Testing;
using Heliograph.Testing.Pebble;

namespace Heliograph.Acme.Tests.Pebble;

/// <summary>What all tests against a real Pebble have in common.</summary>
[Trait("Needs", "server")]
public abstract class PebbleTests : IDisposable
{
    private protected TestPorts Ports { get; } = new();

    private protected TempDirectory State { get; } = new();

    private protected RecordingLogger Log { get; } = new();

    private protected List<IssuedCertificate> Used { get; } = [];

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Ports.Dispose();
        State.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Task<PebbleServer> StartPebbleAsync(Func<PebbleOptions, PebbleOptions>? change = null)
    {
        var options = new PebbleOptions { HttpPort = Ports.HttpPort, TlsPort = Ports.TlsPort };
        return PebbleServer.StartAsync(change?.Invoke(options) ?? options);
    }

    private protected AcmeOptions Options(PebbleServer pebble, params string[] domains) => new()
    {
        Domains = domains,
        StateDirectory = State.Path,
        Directory = pebble.DirectoryUrl,
        CaRoot = pebble.CaRootFile,
    };

    private protected CertificateManager Open(AcmeOptions options) =>
        CertificateManager.Open(options, Ports.Responders, Used.Add, TimeProvider.System, Log);

    private protected async Task<IssuedCertificate> GetAsync(AcmeOptions options, bool force = false)
    {
        await using var manager = Open(options);
        var outcome = await manager.RenewNowAsync(force, Stop);
        Assert.True(outcome.Renewed, outcome.Message);
        return manager.Current!;
    }

    /// <summary>Checks as a TLS client would: the chain ends at the root and the name matches.</summary>
    private protected static async Task AssertTrustedAsync(IssuedCertificate certificate, PebbleServer pebble, int root = 0)
    {
        var sent = new X509Certificate2Collection();
        sent.ImportFromPem(certificate.ChainPem);
        using var trusted = X509Certificate2.CreateFromPem(await pebble.IssuingRootAsync(root));
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { trusted },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        Assert.True(chain.Build(sent[0]), string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation)));
    }
}
