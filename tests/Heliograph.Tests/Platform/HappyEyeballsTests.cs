using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Heliograph.Platform;
using Heliograph.Testing;

namespace Heliograph.Tests.Platform;

/// <summary>How HTTP clients connect to a host with several addresses, some of which lead nowhere.</summary>
public sealed class HappyEyeballsTests
{
    private const string Host = "host.heliograph.test";

    [Fact(Timeout = Bound.Test)]
    public async Task An_IPv6_address_that_leads_nowhere_costs_a_quarter_of_a_second()
    {
        using var server = Listen("127.0.0.1");
        using var silent = new SilentListener(new(IPAddress.IPv6Loopback, Port(server)));
        var connector = Connector(TimeSpan.FromSeconds(20), IPAddress.IPv6Loopback, IPAddress.Loopback);
        var clock = Stopwatch.StartNew();
        using var connected = await connector.ConnectAsync(Host, Port(server), Bound.Token);
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(240), Bound.Prompt);
        Assert.Equal("IPv4", connector.ConnectedBy);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_first_address_that_answers_is_used_even_if_the_others_are_silent()
    {
        using var server = Listen("127.0.0.7");
        var dead = Enumerable.Range(2, 5)
            .Select(last => new SilentListener(new(IPAddress.Parse($"127.0.0.{last}"), Port(server)))).ToList();
        var addresses = dead.Select(static one => one.Endpoint.Address).Append(IPAddress.Parse("127.0.0.7")).ToArray();
        using var connected = await Connector(TimeSpan.FromSeconds(20), addresses).ConnectAsync(Host, Port(server), Bound.Token);
        Assert.Equal(server.LocalEndpoint, connected.RemoteEndPoint);
        dead.ForEach(static one => one.Dispose());
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_refusal_starts_the_next_attempt_at_once()
    {
        using var server = Listen("127.0.0.1");
        // Nothing listens on ::1 there. Four refusals would take a second if each were waited for.
        var addresses = Enumerable.Repeat(IPAddress.IPv6Loopback, 4).Append(IPAddress.Loopback).ToArray();
        using var connected = await Connector(TimeSpan.FromSeconds(20), addresses).ConnectAsync(Host, Port(server), Bound.Token);
        Assert.Equal(AddressFamily.InterNetwork, connected.AddressFamily);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task When_nothing_answers_it_says_how_long_that_took_and_what_each_family_did()
    {
        using var silent = new SilentListener(new(IPAddress.IPv6Loopback, LoopbackPort.Free().Port));
        var limit = TimeSpan.FromSeconds(1.5);
        var clock = Stopwatch.StartNew();
        var failed = await Assert.ThrowsAsync<ConnectFailedException>(() =>
            Connector(limit, IPAddress.IPv6Loopback, IPAddress.Loopback).ConnectAsync(Host, silent.Endpoint.Port, Bound.Token));
        // A timer counts whole milliseconds of another clock, and may end up to one before its time by this one.
        Assert.InRange(clock.Elapsed, limit * 0.95, limit + Bound.Prompt);
        Assert.Equal("no connection within 1.5 seconds (IPv4: connection refused; IPv6: no answer)", failed.Message);
        Assert.True(failed.IsResolved);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task No_more_than_eight_addresses_are_tried()
    {
        using var ninth = Listen("127.0.0.9");
        var addresses = Enumerable.Range(1, 9).Select(static last => IPAddress.Parse($"127.0.0.{last}")).ToArray();
        var failed = await Assert.ThrowsAsync<ConnectFailedException>(() =>
            Connector(TimeSpan.FromSeconds(20), addresses).ConnectAsync(Host, Port(ninth), Bound.Token));
        Assert.Equal("no connection (IPv4: connection refused)", failed.Message);
        Assert.False(ninth.Pending());
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_resolver_that_does_not_answer_is_not_waited_for_longer_than_the_limit()
    {
        var connector = new HappyEyeballs(TimeSpan.FromMilliseconds(300), static async (_, _) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, Bound.Token);
            return [];
        });
        var failed = await Assert.ThrowsAsync<ConnectFailedException>(() => connector.ConnectAsync(Host, 443, Bound.Token));
        Assert.Equal("no DNS server answered within 0.3 seconds", failed.Message);
        Assert.False(failed.IsResolved);
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData(SocketError.HostNotFound, "it has no address in DNS")]
    [InlineData(SocketError.NoData, "it has no address in DNS")]
    [InlineData(SocketError.TryAgain, "no DNS server answers")]
    public async Task A_name_without_an_address_is_told_from_a_DNS_server_without_an_answer(SocketError error, string expected)
    {
        var connector = new HappyEyeballs(TimeSpan.FromSeconds(20), (_, _) => throw new SocketException((int)error));
        var failed = await Assert.ThrowsAsync<ConnectFailedException>(() => connector.ConnectAsync(Host, 443, Bound.Token));
        Assert.Equal((expected, false), (failed.Message, failed.IsResolved));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Who_cancels_is_not_told_of_a_failure()
    {
        using var silent = new SilentListener(new(IPAddress.Loopback, 0));
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Connector(TimeSpan.FromSeconds(20), IPAddress.Loopback).ConnectAsync(Host, silent.Endpoint.Port, cancel.Token));
    }

    [Fact]
    public void Every_HTTP_client_of_the_program_connects_like_this()
    {
        var makers = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(static file =>
            {
                var text = File.ReadAllText(file);
                return text.Contains("new SocketsHttpHandler", StringComparison.Ordinal)
                    || text.Contains("new HttpClientHandler", StringComparison.Ordinal)
                    || text.Contains("new HttpClient()", StringComparison.Ordinal);
            })
            .Select(Path.GetFileName);
        // The demo's browser talks to the demo's own stage only.
        Assert.Equal(["DecoyVisit.cs"], makers.Order(StringComparer.Ordinal));
    }

    private static HappyEyeballs Connector(TimeSpan limit, params IPAddress[] addresses) =>
        new(limit, (_, _) => Task.FromResult(addresses));

    /// <summary>On a port that no other test is given by the system: these tests use it at several addresses, and own it at one.</summary>
    private static TcpListener Listen(string address)
    {
        var listener = new TcpListener(IPAddress.Parse(address), LoopbackPort.Free().Port);
        listener.Start();
        return listener;
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
