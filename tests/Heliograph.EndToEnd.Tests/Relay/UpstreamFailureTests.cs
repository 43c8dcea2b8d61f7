using System.Diagnostics;
using System.Net.Sockets;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>An unreachable route gets the web server's answer, and does not affect other routes.</summary>
public class UpstreamFailureTests
{
    [Fact(Timeout = Bound.Test)]
    public async Task A_refused_connection_gives_the_web_servers_answer()
    {
        Proxy.NeedsHeliograph();
        using var nobody = LoopbackPort.Refusing(out var down);
        await using var proxy = await Proxy.StartAsync(new ProxySettings { Routes = ProxySettings.Route("cdn.signal.org", down) });
        Visitor.AssertBadRequest(await Visitor.AnswerAsync(proxy.Client("cdn.signal.org"), await InnerHello.ForAsync("cdn.signal.org")));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_name_that_does_not_resolve_gives_the_web_servers_answer_while_others_are_served()
    {
        Proxy.NeedsHeliograph();
        using var authority = new TestAuthority();
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, EchoRelay.Host), StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                Routes = ProxySettings.Route(EchoRelay.Host, signal.Endpoint),
                NamedRoutes = new Dictionary<string, string>(StringComparer.Ordinal) { ["cdn.signal.org"] = "no-such-host.invalid:443" },
                Limits = "connect_timeout: 2s",
            },
            authority);
        await ServesWhileOneNameIsDownAsync(proxy, "cdn.signal.org", TimeSpan.FromSeconds(4));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_DNS_server_that_never_answers_delays_only_its_own_clients_by_the_connect_timeout()
    {
        Proxy.NeedsHeliograph();
        PrivateMounts.Need();
        // A resolver always uses port 53; nothing else uses this loopback address.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.83.19.53"), 53));
        using var authority = new TestAuthority();
        using var files = new TempDirectory();
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, EchoRelay.Host), StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                Routes = ProxySettings.Route(EchoRelay.Host, signal.Endpoint),
                NamedRoutes = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["cdn.signal.org"] = "a-name-nobody-knows.example:443",
                },
                Limits = "connect_timeout: 2s",
                Wrapper = PrivateMounts.Over("/etc/resolv.conf", files.Write("resolv.conf", "nameserver 127.83.19.53\n")),
            },
            authority);
        await ServesWhileOneNameIsDownAsync(proxy, "cdn.signal.org", TimeSpan.FromSeconds(4));
        Assert.True(silent.Available > 0, "the silent DNS server received no query");
    }

    private static async Task ServesWhileOneNameIsDownAsync(Proxy proxy, string name, TimeSpan bound)
    {
        var hello = await InnerHello.ForAsync(name);
        await using var steady = await TlsInTlsClient.ConnectAsync(proxy.Client(EchoRelay.Host), Bound.Token);
        var clock = Stopwatch.StartNew();
        var answers = Enumerable.Range(0, 20).Select(_ => Visitor.AnswerAsync(proxy.Client(name), hello)).ToArray();
        await Echo.RoundTripAsync(steady.Inner, 1, 100_000);
        await using (var another = await TlsInTlsClient.ConnectAsync(proxy.Client(EchoRelay.Host), Bound.Token))
            await Echo.RoundTripAsync(another.Inner, 2, 100_000);
        foreach (var answer in await Task.WhenAll(answers))
            Visitor.AssertBadRequest(answer);
        Assert.True(clock.Elapsed < bound, $"the answers took {clock.Elapsed}");
    }
}
