using System.Net;
using System.Net.Sockets;
using Heliograph.Configuration;
using Heliograph.Hosting;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;
using Heliograph.Testing;

namespace Heliograph.Tests.Hosting;

public sealed class UpstreamNamesTests
{
    private readonly RecordingLogger log = new();

    [Theory(Timeout = Bound.Test)]
    [InlineData("CHAT.signal.org")]
    [InlineData("own.example")]
    [InlineData("new.signal.org")]
    public async Task The_hosts_of_the_routes_and_of_zones_are_asked_of_the_resolver_and_nobody_else_if_it_fails(string host)
    {
        using var refusing = LoopbackPort.Refusing(out var nobody);
        await using var names = Create(nobody.Port);

        var exception = await Assert.ThrowsAsync<SocketException>(() => names.ResolveAsync(host, Bound.Token));

        Assert.Equal(SocketError.TryAgain, exception.SocketErrorCode);
        Assert.Equal(
            $"https://dns.example:{nobody.Port}/dns-query cannot be reached: no connection (IPv4: connection refused)", names.Problem);
        Assert.Single(log.Lines, static line => line.Contains("(upstream.resolver)", StringComparison.Ordinal));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_query_of_the_resolvers_address_may_be_a_key_and_is_written_nowhere()
    {
        using var refusing = LoopbackPort.Refusing(out var nobody);
        await using var names = Create(nobody.Port, "?key=hush");

        await Assert.ThrowsAsync<SocketException>(() => names.ResolveAsync("chat.signal.org", Bound.Token));

        Assert.StartsWith($"https://dns.example:{nobody.Port}/dns-query cannot be reached: ", names.Problem, StringComparison.Ordinal);
        Assert.Contains(log.Lines, static line => line.Contains("/dns-query cannot be reached: ", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, static line => line.Contains("hush", StringComparison.Ordinal));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task All_other_hosts_are_asked_of_the_system()
    {
        using var refusing = LoopbackPort.Refusing(out var nobody);
        await using var names = Create(nobody.Port);

        Assert.NotEmpty(await names.ResolveAsync("localhost", Bound.Token));
        Assert.Null(names.Problem);
    }

    private UpstreamNames Create(int port, string query = "")
    {
        var hosts = new Dictionary<string, UpstreamEndpoint> { ["x.example"] = new UpstreamEndpoint.Tcp("own.example", 443) };
        var routes = RouteTable.Create(["signal"], hosts, ["signal.org"], HostList.BuiltIn);
        var settings = new UpstreamSettings
        {
            Resolver = $"https://dns.example:{port}/dns-query{query}",
            ResolverAddresses = [IPAddress.Loopback],
        };
        return new(settings, () => routes, TimeProvider.System, log);
    }
}
