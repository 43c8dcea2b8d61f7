using System.Net;
using Heliograph.Acme.Protocol;
using Heliograph.Platform;
using Heliograph.Testing;

namespace Heliograph.Acme.Tests.Scripted;

/// <summary>An authority with several addresses, some of which lead nowhere.</summary>
public sealed class ConnectionTests : ScriptedTests
{
    [Fact]
    public async Task An_authority_whose_IPv6_address_leads_nowhere_is_reached_over_IPv4()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock);
        using var silent = new SilentListener(new(IPAddress.IPv6Loopback, ca.Port));
        using var transport = Transport(ca, TimeSpan.FromSeconds(20));
        var directory = await AcmeDirectory.FetchAsync(transport, ca.NamedDirectoryUrl, Stop);
        Assert.Equal(ca.Base + "/order", directory.NewOrder.AbsoluteUri);
    }

    [Fact]
    public async Task So_is_one_whose_certificate_is_wrong_because_of_the_clock()
    {
        await using var ca = await ScriptedCa.StartAsync(Clock, Start.AddDays(-10), Start.AddDays(20));
        ca.Script = (_, context) =>
        {
            context.Response.Headers.Date = Start.ToString("R");
            return Task.FromResult(false);
        };
        using var silent = new SilentListener(new(IPAddress.IPv6Loopback, ca.Port));
        Clock.Jump(Start.AddDays(365));
        using var transport = Transport(ca, TimeSpan.FromSeconds(20));
        var error = await Assert.ThrowsAsync<AcmeException>(() => AcmeDirectory.FetchAsync(transport, ca.NamedDirectoryUrl, Stop));
        Assert.Contains("365 days ahead of the authority's clock", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_that_cannot_be_reached_is_reported_with_the_true_seconds_and_what_was_tried()
    {
        using var silent = new SilentListener(new(IPAddress.IPv6Loopback, 0));
        var connector = new HappyEyeballs(
            TimeSpan.FromSeconds(1), static (_, _) => Task.FromResult<IPAddress[]>([IPAddress.IPv6Loopback, IPAddress.Loopback]));
        using var transport = new AcmeTransport(null, TimeSpan.FromSeconds(20), Clock, connector);
        var error = await Assert.ThrowsAsync<AcmeException>(() =>
            AcmeDirectory.FetchAsync(transport, $"https://authority.heliograph.test:{silent.Endpoint.Port}/directory", Stop));
        Assert.Equal(AcmeFailure.Unreachable, error.Failure);
        Assert.Equal(
            "authority.heliograph.test cannot be reached: no connection within 1 seconds (IPv4: connection refused; IPv6: no answer); " +
            "check this machine's network and outgoing firewall.",
            error.Message);
    }

    [Fact]
    public async Task An_authority_without_an_address_points_at_DNS()
    {
        var connector = new HappyEyeballs(TimeSpan.FromSeconds(1), static (_, _) => Task.FromResult<IPAddress[]>([]));
        using var transport = new AcmeTransport(null, TimeSpan.FromSeconds(20), Clock, connector);
        var error = await Assert.ThrowsAsync<AcmeException>(() =>
            AcmeDirectory.FetchAsync(transport, "https://authority.heliograph.test/directory", Stop));
        Assert.Equal(
            "authority.heliograph.test cannot be reached: it has no address in DNS; check this machine's DNS.", error.Message);
    }

    [Fact]
    public async Task An_authority_that_accepts_and_says_nothing_is_reported_with_the_address_family()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var transport = new AcmeTransport(null, TimeSpan.FromSeconds(1), Clock);
        var error = await Assert.ThrowsAsync<AcmeException>(() =>
            AcmeDirectory.FetchAsync(transport, $"https://{listener.LocalEndpoint}/directory", Stop));
        Assert.Equal(
            "127.0.0.1 accepted a connection over IPv4, but did not answer within 1 seconds; retrying later.", error.Message);
    }

    private AcmeTransport Transport(ScriptedCa ca, TimeSpan timeout) => new(
        ca.CaRootFile,
        timeout,
        Clock,
        new HappyEyeballs(timeout / 2, static (_, _) => Task.FromResult<IPAddress[]>([IPAddress.IPv6Loopback, IPAddress.Loopback])));
}
