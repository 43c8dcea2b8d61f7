using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.EndToEnd.Tests.Metrics;
using Heliograph.EndToEnd.Tests.Relay;
using Heliograph.Testing;
using Heliograph.Testing.Bind;

namespace Heliograph.EndToEnd.Tests.Routes;

/// <summary>Hosts of Signal's that are on no list: a real BIND has them, and the built program finds them.</summary>
public sealed class ZoneTests : IDisposable
{
    private const string New = "svr9.signal.org";
    private const string Message = "Signal's apps ask for a host that this version does not know: svr9.signal.org; it is relayed";

    private readonly TempDirectory files = new();

    public void Dispose() => files.Dispose();

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_host_that_no_list_has_is_relayed_from_the_second_connection_on_and_told_once()
    {
        await using var signal = await LocalPublicAddress.AddAsync("192.31.196.77");
        using var inside = Listen("127.83.61.9");
        await using var names = await StartNamesAsync("127.83.61.53", $"""
            svr9 IN A 192.31.196.77
            www IN A 192.31.196.77
            inside IN A 127.83.61.9
            """);
        await using var proxy = await StartProxyAsync("127.83.61.53");

        // Whoever asks first gets the web site: nobody waits for DNS.
        await AssertDecoyAsync(proxy, New);
        await FoundAsync(proxy, signal);
        await RelayedAsync(proxy, signal);
        await AssertDecoyAsync(proxy, "www.signal.org");
        await AssertDecoyAsync(proxy, "inside.signal.org");
        for (var i = 0; i < 20; i++)
            await AssertDecoyAsync(proxy, $"x{i}.signal.org");
        await Polling.UntilAsync(
            async () =>
            {
                await AssertDecoyAsync(proxy, "inside.signal.org");
                return Asked(names, "inside.signal.org");
            },
            BuiltProgram.Limit,
            "inside.signal.org was never looked up");
        await AssertDecoyAsync(proxy, "inside.signal.org");

        Assert.False(inside.Poll(0, SelectMode.SelectRead), "a private address was dialled");
        Assert.False(signal.IsDialled, "a web site of Signal's was dialled");
        Assert.False(Asked(names, "www.signal.org"), "a web site of Signal's was looked up");
        Assert.True(Enumerable.Range(0, 20).Count(i => Asked(names, $"x{i}.signal.org")) < 20, "every made-up name was looked up");

        using var status = await StatusAsync(proxy);
        Assert.Equal([New], Texts(status.RootElement.GetProperty("found_hosts")));
        Assert.False(status.RootElement.GetProperty("denied_names").TryGetProperty(New, out _));
        var warning = status.RootElement.GetProperty("warnings").EnumerateArray()
            .Single(static one => one.GetProperty("code").GetString() == "host_found");
        Assert.Contains(
            "Signal's apps ask for a host that this version does not know: svr9.signal.org; it is relayed",
            warning.GetProperty("message").GetString()!,
            StringComparison.Ordinal);
        Assert.Equal(1, (await Scrape.TakeAsync(proxy.Monitoring))["heliograph_routes_found"]);

        Assert.DoesNotContain(New, proxy.Program.AllOutput, StringComparison.Ordinal);
        proxy.Program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await proxy.Program.WaitForExitAsync(BuiltProgram.Limit));
        Assert.Single(proxy.Program.Errors.Split('\n'), static line => line.EndsWith(Message, StringComparison.Ordinal));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Where_DNS_has_an_answer_for_every_name_no_host_is_found()
    {
        await using var advertisements = await LocalPublicAddress.AddAsync("192.31.196.78");
        await using var names = await StartNamesAsync("127.83.62.53", "* IN A 192.31.196.78\n");
        await using var proxy = await StartProxyAsync("127.83.62.53");
        await AssertDecoyAsync(proxy, New);
        await Polling.UntilAsync(
            async () =>
            {
                using var status = await StatusAsync(proxy);
                return status.RootElement.GetProperty("warnings").EnumerateArray()
                    .Any(static one => one.GetProperty("code").GetString() == "names_made_up");
            },
            BuiltProgram.Limit,
            "the warning never came");
        await AssertDecoyAsync(proxy, New);
        Assert.False(advertisements.IsDialled, "what is no host of Signal's was dialled");
        proxy.Program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await proxy.Program.WaitForExitAsync(BuiltProgram.Limit));
        Assert.Single(
            proxy.Program.Errors.Split('\n'),
            static line => line.Contains("DNS has an answer for every name under signal.org", StringComparison.Ordinal));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task While_the_resolver_is_silent_a_new_name_gets_the_web_site_as_soon_as_any_other()
    {
        Proxy.NeedsHeliograph();
        PrivateMounts.Need();
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Parse("127.83.65.53"), 53));
        await using var proxy = await StartProxyAsync("127.83.65.53");
        // The resolver's own time limit is 5 s, and that of a dial 10 s.
        foreach (var name in (string[])[New, "nowhere.example", New])
        {
            var clock = Stopwatch.StartNew();
            await AssertDecoyAsync(proxy, name);
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4));
        }
    }

    [Theory(Timeout = Bound.LongTest)]
    [InlineData("off")]
    [InlineData("signal.org=off")]
    public async Task Off_brings_the_fixed_list_back(string zones)
    {
        var own = $"127.83.{63 + zones.Length}.53";
        await using var names = await StartNamesAsync(own, "svr9 IN A 192.31.196.79\n");
        await using var proxy = await StartProxyAsync(own, $"HELIOGRAPH__ROUTES__ZONES={zones}");
        // The resolver answers: the hosts of the list are looked up at the start.
        await Polling.UntilAsync(() => Asked(names, "cdn.signal.org"), BuiltProgram.Limit, "no host of the list was looked up");
        for (var i = 0; i < 3; i++)
            await AssertDecoyAsync(proxy, New);
        using var status = await StatusAsync(proxy);
        Assert.Empty(status.RootElement.GetProperty("found_hosts").EnumerateArray());
        Assert.False(Asked(names, New), "a host that is on no list was looked up");
    }

    private static async Task<ZoneServer> StartNamesAsync(string resolver, string records)
    {
        Proxy.NeedsHeliograph();
        PrivateMounts.Need();
        return await ZoneServer.StartAsync(
            IPAddress.Parse(resolver), new Dictionary<string, string>(StringComparer.Ordinal) { ["signal.org"] = records });
    }

    private Task<Proxy> StartProxyAsync(string resolver, params string[] environment) => Proxy.StartAsync(new ProxySettings
    {
        Sets = "[signal]",
        Routes = new Dictionary<string, IPEndPoint>(),
        Metrics = "listen: [\"127.0.0.1:0\"]",
        Wrapper =
        [
            .. PrivateMounts.Over("/etc/resolv.conf", files.Write("resolv.conf", $"nameserver {resolver}\n")), "env", .. environment,
        ],
    });

    /// <summary>Signal's apps connect again: so does this, until a connection arrives.</summary>
    private static async Task FoundAsync(Proxy proxy, LocalPublicAddress signal) => await Polling.UntilAsync(
        async () =>
        {
            await using var client = await AskAsync(proxy, New);
            if (!await IsRelayedAsync(client, signal))
                return false;
            using var dialled = await signal.Listener.AcceptAsync(Bound.Token);
            return true;
        },
        BuiltProgram.Limit,
        "the host is not relayed");

    private static async Task RelayedAsync(Proxy proxy, LocalPublicAddress signal)
    {
        var hello = await InnerHello.ForAsync(New);
        await using var client = await TlsInTlsClient.ConnectOuterAsync(proxy.Client(New), Bound.Token);
        await client.Outer.WriteAsync(hello, Bound.Token);
        using var dialled = await signal.Listener.AcceptAsync(Bound.Token);
        var received = new byte[hello.Length];
        await using var stream = new NetworkStream(dialled);
        await stream.ReadExactlyAsync(received, Bound.Token);
        Assert.Equal(hello, received);
    }

    /// <summary>Either the decoy answers, or Signal's host is dialled, which says nothing here.</summary>
    private static async Task<bool> IsRelayedAsync(TlsInTlsClient client, LocalPublicAddress signal)
    {
        var answer = client.Outer.ReadAsync(new byte[1], Bound.Token).AsTask();
        await Polling.UntilAsync(() => answer.IsCompleted || signal.IsDialled, BuiltProgram.Limit, "neither of the two answered");
        return signal.IsDialled;
    }

    private static async Task<TlsInTlsClient> AskAsync(Proxy proxy, string name)
    {
        var client = await TlsInTlsClient.ConnectOuterAsync(proxy.Client(name), Bound.Token);
        await client.Outer.WriteAsync(await InnerHello.ForAsync(name), Bound.Token);
        return client;
    }

    private static async Task AssertDecoyAsync(Proxy proxy, string name) =>
        Visitor.AssertBadRequest(await Visitor.AnswerAsync(proxy.Client(name), await InnerHello.ForAsync(name)));

    private static bool Asked(ZoneServer names, string name) =>
        names.Questions.Any(question => question.Contains($" {name} IN A ", StringComparison.Ordinal));

    private static async Task<JsonDocument> StatusAsync(Proxy proxy)
    {
        var (_, output, errors) = await BuiltProgram.RunAsync("status", "--state-directory", proxy.Directory["state"], "--json");
        Assert.Equal("", errors);
        return JsonDocument.Parse(output);
    }

    private static IEnumerable<string> Texts(JsonElement array) => array.EnumerateArray().Select(static one => one.GetString()!);

    private static Socket Listen(string address)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse(address), 443));
        listener.Listen();
        return listener;
    }
}
