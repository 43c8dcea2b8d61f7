using System.Net;
using System.Net.Sockets;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.OuterTls;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Relay.Tests.Server;

public sealed class RelayServerTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly TestAuthority authority = new();
    private readonly TestCertificate certificate;

    public RelayServerTests()
    {
        certificate = authority.Issue(TestKey.Ecdsa, "proxy.example");
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task A_port_that_is_taken_is_refused_in_one_sentence_and_nothing_stays_bound()
    {
        await using var first = TestRelay.Start(certificate);
        var free = LoopbackPort.Free();

        Assert.Equal(
            $"cannot listen on {first.EndPoint}: another program has the port; find it with: ss -ltnp 'sport = :{first.EndPoint.Port}'",
            Refusal(first, free, first.EndPoint));
        using var again = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        again.Bind(free);
    }

    [Fact]
    public async Task An_address_that_the_machine_does_not_have_is_refused_in_one_sentence()
    {
        await using var relay = TestRelay.Start(certificate);

        Assert.Equal(
            "cannot listen on 192.0.2.1:0: this machine has no such address; list them with: ip address",
            Refusal(relay, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0)));
    }

    [Fact]
    public async Task The_loops_have_the_same_number_of_connections()
    {
        await using var relay = TestRelay.Start(certificate, loops: 4);
        var clients = new List<Socket>();
        for (var i = 0; i < 100; i++)
            clients.Add(await relay.ConnectAsync());
        await relay.HasAsync(100);

        Assert.Equal([25, 25, 25, 25], relay.Server.LoopLoads);
        clients.ForEach(static client => client.Dispose());
        await relay.HasAsync(0);
        Assert.Equal([0, 0, 0, 0], relay.Server.LoopLoads);
    }

    [Fact]
    public async Task A_full_server_refuses_counts_it_and_serves_again_when_one_has_left()
    {
        await using var relay = TestRelay.Start(certificate, maxConnections: 2);
        using var one = await relay.ConnectAsync();
        using var two = await relay.ConnectAsync();
        await relay.HasAsync(2);

        using (var three = await relay.ConnectAsync())
            Assert.Equal(0, await three.ReceiveAsync(new byte[1], Stop));
        await relay.HasCountedAsync(1, ConnectionOutcome.Refused);

        one.Dispose();
        await relay.HasAsync(1);
        using var four = await relay.ConnectAsync();
        await relay.HasAsync(2);
    }

    [Fact]
    public async Task A_connection_that_waits_in_the_kernel_when_the_listener_closes_is_served()
    {
        await using var relay = TestRelay.Start(certificate);
        using var client = await relay.ConnectAsync();
        var drained = relay.Server.DrainAsync(Bound);
        await client.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Stop);

        // Plain HTTP goes to the decoy, which refuses here.
        Assert.Equal(0, await drained);
        Assert.Equal(1, relay.Server.GetStatistics().Outcomes[ConnectionOutcome.DecoyDown]);
        await Assert.ThrowsAsync<SocketException>(async () => (await relay.ConnectAsync()).Dispose());
    }

    [Fact]
    public async Task Connections_that_outlast_the_drain_are_closed_and_counted()
    {
        await using var relay = TestRelay.Start(certificate);
        using var client = await relay.ConnectAsync();
        await relay.HasAsync(1);

        Assert.Equal(1, await relay.Server.DrainAsync(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Stop));
    }

    [Fact]
    public async Task A_decoy_that_is_down_is_logged_once_and_not_for_each_visitor()
    {
        var log = new RecordingLog();
        await using var relay = TestRelay.Start(certificate, logger: log);
        for (var i = 0; i < 5; i++)
        {
            using var visitor = await relay.ConnectAsync();
            await visitor.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Stop);
            Assert.Equal(0, await visitor.ReceiveAsync(new byte[1], Stop));
        }
        await relay.Server.DrainAsync(Bound);

        Assert.Equal(5, relay.Server.GetStatistics().Outcomes[ConnectionOutcome.DecoyDown]);
        Assert.Single(log.Lines, static line => line.Contains("cannot be dialled (decoy)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Names_that_are_not_routed_are_logged_when_the_server_stops_and_no_others()
    {
        var log = new RecordingLog();
        await using var relay = TestRelay.Start(certificate, logger: log);
        foreach (var name in new[] { "svr3.signal.org", "svr3.signal.org", "www.example.org" })
        {
            using var visitor = await relay.ConnectAsync();
            await using var tls = new System.Net.Security.SslStream(
                new NetworkStream(visitor), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
            await tls.AuthenticateAsClientAsync(
                new System.Net.Security.SslClientAuthenticationOptions { TargetHost = "proxy.example" }, Stop);
            await tls.WriteAsync(await InnerHello.ForAsync(name), Stop);
            Assert.Equal(0, await tls.ReadAsync(new byte[1], Stop));
        }
        await relay.Server.DrainAsync(Bound);

        var told = Assert.Single(log.Lines, static line => line.Contains("signal.org", StringComparison.Ordinal));
        Assert.EndsWith(": svr3.signal.org (up to 8)", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Denied_names_under_signal_org_are_counted_by_name_and_no_others_and_only_so_many()
    {
        var counters = new RelayCounters();
        counters.CountDenied("svr3.signal.org");
        counters.CountDenied("svr3.signal.org");
        counters.CountDenied("signal.org");
        counters.CountDenied("notsignal.org");
        counters.CountDenied("www.example.org");
        for (var i = 0; i < 1000; i++)
            counters.CountDenied($"n{i}.signal.org");
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        counters.AddDeniedTo(sums);

        Assert.Equal(2, sums["svr3.signal.org"]);
        Assert.Equal(1, sums["signal.org"]);
        Assert.DoesNotContain(sums.Keys, static name => name.Contains("example", StringComparison.Ordinal) || name == "notsignal.org");
        Assert.Equal(65, sums.Count);
        Assert.Equal(1000 - 62, sums[RelayStatistics.OtherNames]);
    }

    private string Refusal(TestRelay like, params IPEndPoint[] listen)
    {
        var options = new RelayOptions { Listen = listen, Routes = like.Options.Routes, Decoy = like.Options.Decoy };
        var own = ServerCertificate.FromPem(certificate.ChainPem, certificate.KeyPem);
        return Assert.Throws<RelayStartException>(() => RelayServer.Start(options, own, TimeProvider.System, NullLogger.Instance)).Message;
    }
}
