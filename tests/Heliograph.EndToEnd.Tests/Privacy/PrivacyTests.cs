using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Heliograph.EndToEnd.Tests.Relay;
using Heliograph.EndToEnd.Tests.Routes;
using Heliograph.Testing;
using Heliograph.Testing.Bind;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Privacy;

/// <summary>A seized machine, or an operator under pressure, reveals nothing about anyone.</summary>
public class PrivacyTests
{
    // Loopback addresses that nothing else in these tests uses.
    private static readonly IPAddress Client = IPAddress.Parse("127.83.19.7");

    private const string Allowed = "cdn2.signal.org";
    private const string Unreachable = "cdn3.signal.org";
    private const string Denied = "whistle-blower-haven-7319.example";
    private const string DeniedOuter = "front-name-5571.example";

    [Fact(Timeout = Bound.LongTest)]
    public async Task No_address_and_no_name_of_a_connection_is_written_anywhere_at_the_most_verbose_level()
    {
        Proxy.NeedsHeliograph();
        using var authority = new TestAuthority();
        using var nobody = LoopbackPort.Refusing(out var down);
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, Allowed), StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                Routes = ProxySettings.Route((Allowed, signal.Endpoint), (Unreachable, down)),
                Limits = "handshake_timeout: 5s, hello_timeout: 5s, idle_timeout: 5s, drain_timeout: 1s, max_connections: 12",
                Arguments = ["--log-level", "trace"],
            },
            authority);
        var startup = proxy.Program.AllOutput;
        var ports = new HashSet<int>();

        await RelayedAsync(proxy, ports);
        await VisitsAsync(proxy, ports);
        await BrokenAsync(proxy, ports);
        await CrowdAsync(proxy, ports);
        await HangingAsync(proxy, ports);
        proxy.Program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await proxy.Program.WaitForExitAsync(TimeSpan.FromSeconds(40)));

        var written = Written(proxy);
        // If nothing was logged about connections at all, the level was not the one that this test needs.
        Assert.True(
            proxy.Program.AllOutput.Split('\n').Length > startup.Split('\n').Length + 20,
            "the program hardly logged anything:\n" + proxy.Program.AllOutput);
        foreach (var secret in Secrets())
            Assert.DoesNotContain(written, text => text.Text.Contains(secret, StringComparison.OrdinalIgnoreCase));
        // The route's name is in the list of routes at the start, where it is no secret; after that it would be a connection's.
        Assert.DoesNotContain(Allowed, proxy.Program.AllOutput[startup.Length..], StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Unreachable, proxy.Program.AllOutput[startup.Length..], StringComparison.OrdinalIgnoreCase);
        foreach (var port in ports)
            Assert.DoesNotContain(written, text => text.Text.Contains($":{port}", StringComparison.Ordinal) && port != proxy.Endpoint.Port);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task No_address_is_written_when_its_connections_are_counted_and_refused()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                Limits =
                    "max_connections_per_source: 3, handshakes_per_second: 1, bytes_per_second: 1MB, monthly_bytes: 1TB, drain_timeout: 1s",
                Arguments = ["--log-level", "trace"],
            });
        var ports = new HashSet<int>();
        var crowd = new List<Socket>();
        for (var i = 0; i < 3; i++)
            crowd.Add(await ConnectAsync(proxy, ports));
        for (var i = 0; i < 10; i++)
        {
            using var refused = await ConnectAsync(proxy, ports);
            Assert.Equal(0, await refused.ReceiveAsync(new byte[1], Bound.Token));
        }
        proxy.Program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await proxy.Program.WaitForExitAsync(TimeSpan.FromSeconds(40)));
        crowd.ForEach(static socket => socket.Dispose());

        var written = Written(proxy);
        Assert.Contains("up to 16 by limits.max_connections_per_source", proxy.Program.AllOutput, StringComparison.Ordinal);
        foreach (var secret in Secrets())
            Assert.DoesNotContain(written, text => text.Text.Contains(secret, StringComparison.OrdinalIgnoreCase));
        foreach (var port in ports)
            Assert.DoesNotContain(written, text => text.Text.Contains($":{port}", StringComparison.Ordinal) && port != proxy.Endpoint.Port);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task No_group_and_no_name_of_a_link_is_written_anywhere_but_in_the_state_directory()
    {
        Proxy.NeedsHeliograph();
        using var authority = new TestAuthority();
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, Allowed), StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                Domains = ["example.test", "*.example.test"],
                Routes = ProxySettings.Route((Allowed, signal.Endpoint)),
                Limits = "drain_timeout: 1s, hello_timeout: 1s",
                Metrics = "listen: [\"127.0.0.1:0\"]",
                More = "access: { mode: unlisted, alerts: true }",
                Arguments = ["--log-level", "trace"],
            },
            authority);
        var groups = new Access.Groups(proxy.Config);
        List<string> names =
        [
            await groups.LinkAsync("new", "whistlers"), await groups.LinkAsync("new", "climbers", "--limit", "1"),
            await groups.LinkAsync("new", "hikers", "--expires", "1s"), await groups.LinkAsync("rotate", "whistlers"),
        ];
        foreach (var name in names)
        {
            var options = From(proxy, Allowed) with { OuterName = name };
            foreach (var opening in new[] { await InnerHello.ForAsync(Allowed), await InnerHello.ForAsync(Denied), [0xff, 0x00], [0x16] })
            {
                await using var client = await TlsInTlsClient.ConnectOuterAsync(options, Bound.Token);
                await client.Outer.WriteAsync(opening, Bound.Token);
            }
            using var half = await ConnectAsync(proxy, []);
            await half.SendAsync((await InnerHello.ForAsync(name)).AsMemory(0, 100), Bound.Token);
        }
        names.Add(await groups.LinkAsync("rotate", "climbers", "--grace", "0s"));
        await groups.RunAsync("revoke", "whistlers");
        var metrics = (await Metrics.Scrape.TakeAsync(proxy.Monitoring)).Text;
        var (_, status, _) = await Cli.BuiltProgram.RunAsync("status", "--json", "--config", proxy.Config);
        proxy.Program.Signal(Processes.SIGHUP);
        await proxy.Program.WaitForLineAsync(
            static line => line.Contains("Configuration reloaded", StringComparison.Ordinal), Bound.Prompt);
        proxy.Program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await proxy.Program.WaitForExitAsync(TimeSpan.FromSeconds(40)));

        var written = Written(proxy).Where(static text => Path.GetFileName(text.Where) != "access.json")
            .Append((Where: "metrics", Text: metrics)).ToList();
        Assert.Contains("climbers", status, StringComparison.Ordinal);
        foreach (var label in names.Select(static name => name.Split('.')[0]))
        {
            Assert.DoesNotContain(written, text => text.Text.Contains(label, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(label, status, StringComparison.OrdinalIgnoreCase);
        }
        foreach (var group in new[] { "whistlers", "climbers", "hikers" })
            Assert.DoesNotContain(written, text => text.Text.Contains(group, StringComparison.OrdinalIgnoreCase));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Of_those_who_ask_for_hosts_that_are_on_no_list_nothing_is_written_but_the_names_of_hosts_that_exist()
    {
        Proxy.NeedsHeliograph();
        PrivateMounts.Need();
        using var files = new TempDirectory();
        await using var signal = await LocalPublicAddress.AddAsync("192.31.196.80");
        await using var names = await ZoneServer.StartAsync(
            IPAddress.Parse("127.83.64.53"),
            new Dictionary<string, string>(StringComparer.Ordinal) { ["zone.example"] = "exists IN A 192.31.196.80\n" });
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                Arguments = ["--log-level", "trace"],
                Wrapper =
                [
                    .. PrivateMounts.Over("/etc/resolv.conf", files.Write("resolv.conf", "nameserver 127.83.64.53\n")),
                    "env", "HELIOGRAPH__ROUTES__ZONES=zone.example=public",
                ],
            });
        var ports = new HashSet<int>();
        foreach (var name in new[] { "made-up-4417.zone.example", "www.made-up-4418.zone.example" })
            await AskAsync(proxy, name, ports);
        var asked = 0;
        await Polling.UntilAsync(
            async () =>
            {
                asked++;
                await using var client = await TlsInTlsClient.ConnectOuterAsync(From(proxy, "exists.zone.example"), Bound.Token);
                ports.Add(Port(client.Socket));
                await client.Outer.WriteAsync(await InnerHello.ForAsync("exists.zone.example"), Bound.Token);
                var answer = client.Outer.ReadAsync(new byte[1], Bound.Token).AsTask();
                await Polling.UntilAsync(() => answer.IsCompleted || signal.IsDialled, TimeSpan.FromSeconds(20), "nobody answers");
                return signal.IsDialled;
            },
            TimeSpan.FromSeconds(40),
            "the host was not found");
        Assert.True(asked > 1, "the first connection waited for DNS");
        using (await signal.Listener.AcceptAsync(Bound.Token))
            Assert.DoesNotContain("exists.zone.example", proxy.Program.AllOutput, StringComparison.Ordinal);
        proxy.Program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await proxy.Program.WaitForExitAsync(TimeSpan.FromSeconds(40)));

        var written = Written(proxy);
        Assert.Single(proxy.Program.AllOutput.Split('\n'), static line => line.Contains("exists.zone.example", StringComparison.Ordinal));
        foreach (var secret in Secrets().Append("made-up-4417").Append("made-up-4418"))
            Assert.DoesNotContain(written, text => text.Text.Contains(secret, StringComparison.OrdinalIgnoreCase));
        foreach (var port in ports)
            Assert.DoesNotContain(written, text => text.Text.Contains($":{port}", StringComparison.Ordinal) && port != proxy.Endpoint.Port);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_program_leaves_no_core_dump_and_no_debugger_can_attach()
    {
        Proxy.NeedsHeliograph();
        // proc(5): the files of a non-dumpable process belong to root instead of its user, so the user must not be root.
        Assert.SkipUnless(Environment.UserName == "root", "running the program as another user requires root");
        string[] asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        var (reachable, _, _) = await ChildProcess.RunAsync(
            "setpriv", [.. asNobody[1..], "test", "-x", HeliographProcess.Program], Bound.Prompt);
        Assert.SkipUnless(reachable == 0, $"{HeliographProcess.Program} lies where another user cannot read it");
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings { Wrapper = ["sh", "-c", "chmod -R a+rwX . && exec \"$@\"", "sh", .. asNobody] });
        var core = File.ReadLines($"/proc/{proxy.Program.Id}/limits")
            .Single(line => line.StartsWith("Max core file size", StringComparison.Ordinal));
        // The soft and the hard limit, in bytes.
        Assert.Equal("0 0 bytes", string.Join(' ', core["Max core file size".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.StartsWith("65534\t", Processes.Status(proxy.Program.Id, "Uid"), StringComparison.Ordinal);
        var (_, owner, _) = await ChildProcess.RunAsync("stat", ["-c", "%u", $"/proc/{proxy.Program.Id}/status"], Bound.Prompt);
        Assert.Equal("0", owner.Trim());
    }

    private static async Task RelayedAsync(Proxy proxy, HashSet<int> ports)
    {
        for (var i = 0; i < 5; i++)
        {
            await using var client = await TlsInTlsClient.ConnectAsync(From(proxy, Allowed), Bound.Token);
            ports.Add(Port(client.Socket));
            await Echo.RoundTripAsync(client.Inner, i, 10_000);
            if (i % 2 == 0)
                client.Reset();
        }
    }

    private static async Task VisitsAsync(Proxy proxy, HashSet<int> ports)
    {
        byte[][] openings =
        [
            await InnerHello.ForAsync(Denied), await InnerHello.ForAsync(Unreachable), await InnerHello.ForAsync("127.0.0.1"),
            Encoding.ASCII.GetBytes(Visitor.Request), Encoding.ASCII.GetBytes($"GET http://{Denied}/ HTTP/1.1\r\nHost: {Denied}\r\n\r\n"),
            [0xff, 0x00, 0x0d, 0x0a, 0x0d, 0x0a],
        ];
        foreach (var opening in openings)
        {
            await using var client = await TlsInTlsClient.ConnectOuterAsync(From(proxy, "unused.example"), Bound.Token);
            ports.Add(Port(client.Socket));
            await client.Outer.WriteAsync(opening, Bound.Token);
            Assert.NotEqual(0, await client.Outer.ReadAsync(new byte[1], Bound.Token));
        }
        using var plain = await ConnectAsync(proxy, ports);
        await plain.SendAsync(Encoding.ASCII.GetBytes(Visitor.Request), Bound.Token);
        Assert.NotEqual(0, await plain.ReceiveAsync(new byte[1], Bound.Token));
    }

    private static async Task BrokenAsync(Proxy proxy, HashSet<int> ports)
    {
        var outer = await InnerHello.ForAsync(DeniedOuter);
        byte[][] openings = [[], outer[..40], [0x16, 0x03, 0x01, 0xff, 0xff], [0x80, 0x01, 0x02], [.. outer[..^1], 0xff, 0xff, 0xff]];
        foreach (var opening in openings)
        {
            using var socket = await ConnectAsync(proxy, ports);
            await socket.SendAsync(opening, Bound.Token);
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        // A client that does not trust the certificate sends an alert.
        using var stranger = new TestAuthority();
        await Assert.ThrowsAsync<System.Security.Authentication.AuthenticationException>(() =>
            TlsInTlsClient.ConnectOuterAsync(
                From(proxy, "unused.example") with
                {
                    Authority = stranger,
                    OuterName = DeniedOuter,
                },
                Bound.Token));
    }

    private static async Task CrowdAsync(Proxy proxy, HashSet<int> ports)
    {
        var crowd = new List<Socket>();
        for (var i = 0; i < 30; i++)
            crowd.Add(await ConnectAsync(proxy, ports));
        await proxy.Program.WaitForLineAsync(line => line.Contains("max_connections", StringComparison.Ordinal), Bound.Prompt);
        foreach (var socket in crowd)
            socket.Dispose();
    }

    private static async Task HangingAsync(Proxy proxy, HashSet<int> ports)
    {
        await using var hello = await OnceServedAsync(() => TlsInTlsClient.ConnectOuterAsync(From(proxy, "unused.example"), Bound.Token));
        await using var idle = await OnceServedAsync(() => TlsInTlsClient.ConnectAsync(From(proxy, Allowed), Bound.Token));
        using var silent = await ConnectAsync(proxy, ports);
        ports.Add(Port(hello.Socket));
        ports.Add(Port(idle.Socket));
        await Task.WhenAll(EndAsync(new NetworkStream(silent)), EndAsync(hello.Outer), EndAsync(idle.Outer));

        static async Task EndAsync(Stream stream)
        {
            try
            {
                await stream.CopyToAsync(Stream.Null, Bound.Token).WaitAsync(TimeSpan.FromSeconds(60), Bound.Token);
            }
            catch (IOException)
            {
                // However the connection ends is fine.
            }
        }
    }

    /// <summary>Until the program has seen the crowd leave, it refuses who comes.</summary>
    private static async Task<TlsInTlsClient> OnceServedAsync(Func<Task<TlsInTlsClient>> connectAsync)
    {
        TlsInTlsClient? client = null;
        await Polling.UntilAsync(
            async () =>
            {
                try
                {
                    client = await connectAsync();
                    return true;
                }
                catch (Exception exception)
                    when (exception is IOException or SocketException or System.Security.Authentication.AuthenticationException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(40),
            "nobody is served after the crowd has left");
        return client!;
    }

    private static async Task AskAsync(Proxy proxy, string name, HashSet<int> ports)
    {
        await using var client = await TlsInTlsClient.ConnectOuterAsync(From(proxy, name), Bound.Token);
        ports.Add(Port(client.Socket));
        await client.Outer.WriteAsync(await InnerHello.ForAsync(name), Bound.Token);
        Assert.NotEqual(0, await client.Outer.ReadAsync(new byte[1], Bound.Token));
    }

    private static IEnumerable<string> Secrets()
    {
        var bytes = Client.GetAddressBytes();
        var number = (uint)IPAddress.NetworkToHostOrder(BitConverter.ToInt32(bytes));
        yield return Client.ToString();
        yield return string.Join('-', bytes);
        yield return Convert.ToHexString(bytes);
        yield return Convert.ToHexString([.. bytes.Reverse()]);
        yield return string.Join(':', bytes.Select(part => part.ToString("x2", CultureInfo.InvariantCulture)));
        yield return number.ToString(CultureInfo.InvariantCulture);
        yield return BitConverter.ToUInt32(bytes).ToString(CultureInfo.InvariantCulture);
        yield return Denied;
        yield return DeniedOuter;
    }

    // Both streams, and every file that the program could have written to; the test wrote the configuration and the certificate.
    private static List<(string Where, string Text)> Written(Proxy proxy)
    {
        var written = new List<(string, string)> { ("output", proxy.Program.Output), ("errors", proxy.Program.Errors) };
        foreach (var file in Directory.EnumerateFiles(proxy.Directory.Path, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) is not ("heliograph.yaml" or "chain.pem" or "key.pem"))
                written.Add((file, Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        }
        return written;
    }

    private static TlsInTlsOptions From(Proxy proxy, string innerName) => proxy.Client(innerName) with { From = Client };

    private static async Task<Socket> ConnectAsync(Proxy proxy, HashSet<int> ports)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(Client, 0));
        await socket.ConnectAsync(proxy.Endpoint, Bound.Token);
        ports.Add(Port(socket));
        return socket;
    }

    private static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
