using System.Net.Security;
using System.Net.Sockets;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Microsoft.Extensions.Logging;

namespace Heliograph.Relay.Tests.Server;

/// <summary>Options that change while the server runs, and a loop that no longer answers.</summary>
public sealed class ChangeTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly TestAuthority authority = new();
    private readonly TestCertificate certificate;

    public ChangeTests() => certificate = authority.Issue(TestKey.Ecdsa, "proxy.example");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task A_shorter_time_limit_holds_for_waits_that_have_begun_and_a_longer_one_does_not()
    {
        await using var relay = TestRelay.Start(certificate);
        using var longer = await relay.ConnectAsync();
        await relay.HasAsync(1);
        // The wait began with 60 s: an hour does not change its end, a tenth of a second does.
        relay.Server.UseOptions(relay.Options with { Limits = new() { HandshakeTimeout = TimeSpan.FromHours(1) } });
        await relay.Server.PingAsync();
        Assert.Equal(1, relay.Server.Connections);
        relay.Server.UseOptions(relay.Options with { Limits = new() { HandshakeTimeout = TimeSpan.FromMilliseconds(100) } });
        Assert.Equal(0, await longer.ReceiveAsync(new byte[1], Stop).AsTask().WaitAsync(Bound, Stop));
    }

    [Fact]
    public async Task The_number_of_connections_is_bounded_by_the_new_options()
    {
        await using var relay = TestRelay.Start(certificate);
        using var one = await relay.ConnectAsync();
        await relay.HasAsync(1);
        relay.Server.UseOptions(relay.Options with { MaxConnections = 1 });
        using var refused = await relay.ConnectAsync();
        Assert.Equal(0, await refused.ReceiveAsync(new byte[1], Stop));
        relay.Server.UseOptions(relay.Options with { MaxConnections = 2 });
        using var two = await relay.ConnectAsync();
        await relay.HasAsync(2);
    }

    [Fact]
    public async Task HTTP_2_is_offered_exactly_while_the_decoy_speaks_it()
    {
        await using var relay = TestRelay.Start(certificate);
        Assert.Equal("h2", await ProtocolAsync(relay));
        relay.Server.UseOptions(relay.Options with { Decoy = relay.Options.Decoy with { Http2 = null } });
        Assert.Equal("http/1.1", await ProtocolAsync(relay));
        relay.Server.UseOptions(relay.Options);
        Assert.Equal("h2", await ProtocolAsync(relay));
    }

    [Fact]
    public async Task A_route_of_the_new_options_is_dialled_and_a_removed_one_is_not()
    {
        await using var signal = StandInSignal.StartRaw(StandInBehaviour.EchoAsync);
        await using var relay = TestRelay.Start(certificate, signal.Endpoint);
        var routes = new Dictionary<string, UpstreamEndpoint>
        {
            ["new.example"] = new UpstreamEndpoint.Tcp("127.0.0.1", signal.Endpoint.Port),
        };
        relay.Server.UseOptions(relay.Options with { Routes = RouteTable.Create([], routes) });
        Assert.True(await IsEchoedAsync(relay, "new.example"));
        Assert.False(await IsEchoedAsync(relay, "chat.signal.org"));
    }

    [Fact]
    public async Task A_loop_that_is_stuck_does_not_answer()
    {
        using var log = new BlockingLog();
        await using var relay = TestRelay.Start(certificate, loops: 1, logger: log);
        await relay.Server.PingAsync().WaitAsync(Bound, Stop);
        using (var client = await relay.ConnectAsync())
            await client.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Stop);
        await log.Blocked.WaitAsync(Bound, Stop);

        var ping = relay.Server.PingAsync();
        Assert.False(ping.IsCompleted);
        log.Release();
        await ping.WaitAsync(Bound, Stop);
    }

    private static async Task<string> ProtocolAsync(TestRelay relay)
    {
        await using var tls = await HandshakeAsync(relay);
        return tls.NegotiatedApplicationProtocol.ToString();
    }

    private static async Task<bool> IsEchoedAsync(TestRelay relay, string name)
    {
        var hello = await InnerHello.ForAsync(name);
        await using var tls = await HandshakeAsync(relay, offersHttp2: false);
        await tls.WriteAsync(hello, Stop);
        return await tls.ReadAtLeastAsync(new byte[hello.Length], hello.Length, throwOnEndOfStream: false, Stop) == hello.Length;
    }

    private static async Task<SslStream> HandshakeAsync(TestRelay relay, bool offersHttp2 = true)
    {
        var tls = new SslStream(
            new NetworkStream(await relay.ConnectAsync(), ownsSocket: true), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "proxy.example",
                ApplicationProtocols = offersHttp2 ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] : null,
            },
            Stop);
        return tls;
    }

    /// <summary>Blocks the loop that logs the end of a connection.</summary>
    private sealed class BlockingLog : ILogger, IDisposable
    {
        private readonly TaskCompletionSource blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim released = new();

        public Task Blocked => blocked.Task;

        public void Release() => released.Set();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!formatter(state, exception).StartsWith("a connection ended", StringComparison.Ordinal))
                return;
            blocked.TrySetResult();
            released.Wait(Bound);
        }

        public void Dispose() => released.Dispose();
    }
}
