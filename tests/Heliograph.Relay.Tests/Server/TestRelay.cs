using System.Net;
using System.Net.Sockets;
using Heliograph.Platform;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Listening;
using Heliograph.Relay.OuterTls;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Relay.Tests.Server;

/// <summary>
/// A relay in this process, with one route <c>chat.signal.org</c> and a decoy that refuses every connection, unless another one is given.
/// </summary>
internal sealed class TestRelay : IAsyncDisposable
{
    private readonly Socket refusing;

    private TestRelay(Socket refusing, RelayOptions options, RelayServer server)
    {
        this.refusing = refusing;
        Options = options;
        Server = server;
    }

    public RelayServer Server { get; }

    /// <summary>The options that it was started with.</summary>
    public RelayOptions Options { get; }

    public IPEndPoint EndPoint => Server.Endpoints[0];

    public static TestRelay Start(
        TestCertificate certificate,
        EndPoint? chat = null,
        int maxConnections = 1000,
        int loops = 2,
        ILogger? logger = null,
        UpstreamEndpoint? decoy = null,
        InheritedSocket? inherited = null,
        Func<RelayOptions, RelayOptions>? change = null,
        RelayLimits? limits = null,
        TimeProvider? timeProvider = null,
        Resolve? resolve = null)
    {
        var refusing = LoopbackPort.Refusing(out var nobody);
        decoy ??= new UpstreamEndpoint.Tcp("127.0.0.1", nobody.Port);
        var upstream = new UpstreamEndpoint.Tcp("127.0.0.1", ((IPEndPoint?)chat ?? nobody).Port);
        var anyPort = new IPEndPoint(IPAddress.Loopback, 0);
        var options = new RelayOptions
        {
            Listen = [anyPort],
            Inherited = inherited is null ? new Dictionary<IPEndPoint, InheritedSocket>() : new() { [anyPort] = inherited },
            Routes = RouteTable.Create([], new Dictionary<string, UpstreamEndpoint> { ["chat.signal.org"] = upstream }),
            Decoy = new DecoyEndpoints { Http1 = decoy, Http2 = decoy, PlainHttp = decoy },
            MaxConnections = maxConnections,
            Limits = limits ?? new(),
            Loops = loops,
        };
        options = change is null ? options : change(options);
        var own = ServerCertificate.FromPem(certificate.ChainPem, certificate.KeyPem);
        return new TestRelay(
            refusing, options, RelayServer.Start(
                options, own, resolve ?? NameCache.FromSystem, timeProvider ?? TimeProvider.System, logger ?? NullLogger.Instance));
    }

    /// <summary>A client that has not sent anything yet.</summary>
    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(EndPoint, TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>Waits until so many connections are open.</summary>
    public Task HasAsync(int connections) => UntilAsync(() => Server.Connections, connections);

    /// <summary>Waits until this many connections have ended so: a client sees its end before it is counted.</summary>
    public Task HasCountedAsync(long connections, ConnectionOutcome outcome) =>
        UntilAsync(() => Server.GetStatistics().Outcomes[outcome], connections);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        refusing.Dispose();
    }

    private static async Task UntilAsync(Func<long> count, long expected)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (count() is var now && now != expected)
        {
            Assert.False(bound.IsCancellationRequested, $"{now} after 20 seconds, {expected} expected");
            await Task.Yield();
        }
    }
}
