using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Configuration;
using Heliograph.Hosting;
using Heliograph.Hosting.Systemd;
using Heliograph.Relay.Upstream;
using Microsoft.Extensions.Logging;

namespace Heliograph.Demo;

/// <summary>All participants, in this process: the stand-in for Signal, the real server, and the censor's hop in front of it.</summary>
internal sealed class DemoStage : IAsyncDisposable
{
    /// <summary>The proxy's name, reserved for examples (RFC 2606).</summary>
    public const string Domain = "www.example.org";

    private readonly TemporaryDirectory state = new();
    private X509Certificate2 authority = null!;

    private DemoStage(StandInSignal signal) => Signal = signal;

    public StandInSignal Signal { get; }

    public ServerHost Proxy { get; private set; } = null!;

    public CensorsHop Wire { get; private set; } = null!;

    /// <summary>The server's state directory; removed with the stage.</summary>
    public string StateDirectory => state.Path;

    /// <exception cref="StartException">The server cannot start.</exception>
    public static async Task<DemoStage> SetUpAsync(
        IReadOnlyList<string> hosts,
        Func<byte[], byte[]> answer,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory,
        CancellationToken cancellationToken)
    {
        var stage = new DemoStage(new StandInSignal(hosts, answer, timeProvider.GetUtcNow()));
        try
        {
            stage.Proxy = await ServerHost.StartAsync(
                stage.ProxySettings(hosts), ActivatedSockets.None, timeProvider, loggerFactory, cancellationToken);
            stage.authority = X509CertificateLoader.LoadCertificate(stage.Proxy.Certificate.Chain[^1].Span);
            stage.Wire = new CensorsHop(stage.Proxy.Endpoints[0]);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>How a client checks the proxy.</summary>
    public SslClientAuthenticationOptions TrustInProxy() => Trust.Only(authority, Domain);

    /// <summary>How a client checks Signal.</summary>
    public SslClientAuthenticationOptions TrustInSignal(string host) => Trust.Only(Signal.Authority, host);

    public async ValueTask DisposeAsync()
    {
        Wire?.Dispose();
        if (Proxy is not null)
            await Proxy.DisposeAsync();
        authority?.Dispose();
        Signal.Dispose();
        await state.DisposeAsync();
    }

    private Settings ProxySettings(IReadOnlyList<string> hosts) => new()
    {
        Domains = [Domain],
        Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
        HttpListen = [],
        MetricsListen = [],
        Certificate = new CertificateSettings(CertificateOrigin.SelfSigned),
        Routes = new RouteSettings
        {
            Sets = [],
            Hosts = hosts.ToDictionary(
                static host => host,
                UpstreamEndpoint (_) => new UpstreamEndpoint.Tcp(Signal.Endpoint.Address.ToString(), Signal.Endpoint.Port),
                StringComparer.Ordinal),
        },
        StateDirectory = state.Path,
    };
}
