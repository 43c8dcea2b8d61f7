using System.Net;
using Heliograph.Relay.OuterTls;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Relay.Tests.Server;

/// <summary>A relay in this process, with one route <c>chat.signal.org</c> and a decoy that refuses every connection, unless another one is given.</summary>
internal sealed class TestRelay : IAsyncDisposable
{
    private readonly System.Net.Sockets.Socket refusing;

    private TestRelay(System.Net.Sockets.Socket refusing, RelayServer server)
    {
        this.refusing = refusing;
        Server = server;
    }

    public RelayServer Server { get; }

    public IPEndPoint EndPoint => Server.Endpoints[0];

    public static TestRelay Start(TestCertificate certificate, EndPoint? chat = null, int maxConnections = 1000, int loops = 2, ILogger? log = null,
        UpstreamEndpoint? decoy = null, Func<RelayOptions, RelayOptions>? change = null)
    {
        var refusing = LoopbackPort.Refusing(out var nobody);
        decoy ??= new UpstreamEndpoint.Tcp("127.0.0.1", nobody.Port);
        var upstream = new UpstreamEndpoint.Tcp("127.0.0.1", ((IPEndPoint?)chat ?? nobody).Port);
        var options = new RelayOptions
        {
            Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
            Routes = RouteTable.Create([], new Dictionary<string, UpstreamEndpoint> { ["chat.signal.org"] = upstream }),
            Decoy = new DecoyEndpoints { Http1 = decoy, Http2 = decoy, PlainHttp = decoy },
            MaxConnections = maxConnections,
            Loops = loops,
        };
        var server = RelayServer.Start(
            change is null ? options : change(options),
            ServerCertificate.FromPem(certificate.ChainPem, certificate.KeyPem),
            TimeProvider.System,
            log ?? NullLogger.Instance);
        return new TestRelay(refusing, server);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        refusing.Dispose();
    }
}
