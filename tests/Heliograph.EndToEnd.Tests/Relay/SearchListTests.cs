using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Heliograph.Testing;
using Heliograph.Testing.Bind;

namespace Heliograph.EndToEnd.Tests.Relay;

/// <summary>
/// A machine whose resolv.conf has <c>ndots:5</c> and a search list with a wildcard, as in Kubernetes and with some hosting companies: host
/// names are asked for as they stand.
/// </summary>
public sealed class SearchListTests : IAsyncDisposable
{
    private static readonly IPAddress Right = IPAddress.Parse("127.83.53.1");
    private static readonly IPAddress Providers = IPAddress.Parse("127.83.53.2");

    private readonly TempDirectory files = new();
    private IPAddress resolver = IPAddress.None;
    private ZoneServer? names;

    public async ValueTask DisposeAsync()
    {
        if (names is not null)
            await names.DisposeAsync();
        files.Dispose();
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_route_is_dialled_at_its_own_address_and_the_provider_learns_no_name()
    {
        await StartNamesAsync("127.83.53.53");
        using var right = Listen(Right, 0);
        using var wrong = Listen(Providers, Port(right));
        await using var proxy = await StartProxyAsync(Port(right));
        var misled = wrong.AcceptAsync(Bound.Token).AsTask();

        foreach (var name in (string[])["a.example", "in-hosts.example"])
        {
            await using var client = await AskAsync(proxy, name);
            using var dialled = await await Task.WhenAny(right.AcceptAsync(Bound.Token).AsTask(), misled);
            Assert.Equal(right.LocalEndPoint, dialled.LocalEndPoint);
        }
        Visitor.AssertBadRequest(
            await Visitor.AnswerAsync(proxy.Client("gone.example"), await InnerHello.ForAsync("gone.example")));

        Assert.False(misled.IsCompleted, "the provider's address was dialled");
        Assert.Contains(names!.Questions, static question => question.Contains(" up.real.test IN A ", StringComparison.Ordinal));
        Assert.DoesNotContain(names.Questions, static question => question.Contains("provider.test", StringComparison.Ordinal));
        // What stands in /etc/hosts is not asked for at all.
        Assert.DoesNotContain(names.Questions, static question => question.Contains("known.real.test", StringComparison.Ordinal));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_check_looks_at_the_names_own_addresses()
    {
        await StartNamesAsync("127.83.53.54");
        var up = await CheckAsync("up.real.test");
        Assert.Equal($"{Right}", Seen(up, "A"));
        var gone = await CheckAsync("gone.real.test");
        Assert.Equal("no such record", Seen(gone, "A"));
        Assert.DoesNotContain(names!.Questions, static question => question.Contains("provider.test", StringComparison.Ordinal));
    }

    /// <param name="resolvers">Each test's own.</param>
    private async Task StartNamesAsync(string resolvers)
    {
        resolver = IPAddress.Parse(resolvers);
        Proxy.NeedsHeliograph();
        PrivateMounts.Need();
        names = await ZoneServer.StartAsync(
            resolver,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["real.test"] = $"up IN A {Right}",
                ["provider.test"] = $"* IN A {Providers}",
            });
    }

    private Task<Proxy> StartProxyAsync(int port) => Proxy.StartAsync(new ProxySettings
    {
        Routes = new Dictionary<string, IPEndPoint>(),
        NamedRoutes = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["a.example"] = $"up.real.test:{port}",
            ["in-hosts.example"] = $"Known.Real.test:{port}",
            ["gone.example"] = $"gone.real.test:{port}",
        },
        Wrapper = Machine(),
    });

    /// <summary>Sends an inner hello, and keeps the connection.</summary>
    private static async Task<TlsInTlsClient> AskAsync(Proxy proxy, string name)
    {
        var client = await TlsInTlsClient.ConnectOuterAsync(proxy.Client(name), Bound.Token);
        await client.Outer.WriteAsync(await InnerHello.ForAsync(name), Bound.Token);
        return client;
    }

    private async Task<JsonElement> CheckAsync(string name)
    {
        string[] command =
            [.. Machine().Skip(1), HeliographProcess.Program, "check", $"{name}:1", "--neutral", "none", "--http-port", "none", "--json"];
        var (_, output, errors) = await ChildProcess.RunAsync("unshare", command, Bound.Prompt * 4);
        Assert.True(output.Length > 0, errors);
        return JsonDocument.Parse(output).RootElement.GetProperty("proxies")[0];
    }

    private static string Seen(JsonElement report, string record) => report.GetProperty("steps").EnumerateArray()
        .Single(step => step.GetProperty("step").GetString() == "dns" && step.GetProperty("subject").GetString() == record)
        .GetProperty("seen").GetString()!;

    private List<string> Machine() =>
    [
        .. PrivateMounts.Over(
            "/etc/resolv.conf",
            files.Write("resolv.conf", $"nameserver {resolver}\nsearch provider.test\noptions ndots:5 timeout:5 attempts:2\n")),
        .. PrivateMounts.Over("/etc/hosts", files.Write("hosts", $"127.0.0.1 localhost\n{Right} other known.real.TEST # ours\n")),
    ];

    private static Socket Listen(IPAddress address, int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, port));
        listener.Listen();
        return listener;
    }

    private static int Port(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;
}
