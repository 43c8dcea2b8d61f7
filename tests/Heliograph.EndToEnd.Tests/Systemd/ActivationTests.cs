using System.Net;
using System.Net.Sockets;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Systemd;

/// <summary>Listening sockets that systemd passes: accepted, or rejected with one sentence.</summary>
public sealed class ActivationTests
{
    private const string NoRoutes = "routes: { hosts: { a.example: \"127.0.0.1:9\" }, sets: [] }";

    [Fact(Timeout = Bound.Test)]
    public async Task A_socket_on_an_unconfigured_address_is_rejected()
    {
        await using var service = new ManagedService();
        var other = LoopbackPort.Free();
        await RefusesAsync(
            service,
            $"heliograph: systemd listens on {other} for this service (heliograph.socket), but neither listen nor http.listen has that " +
            $"address; add it there, or change ListenStream= with: systemctl edit heliograph.socket",
            $"{service.Https}",
            $"{service.Http}",
            $"{other}");
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_datagram_socket_is_rejected()
    {
        await using var service = new ManagedService();
        await RefusesAsync(
            service,
            "heliograph: systemd passed descriptor 3 (heliograph.socket) to listen on, but it is not a stream socket; the socket " +
            "unit needs ListenStream= with an address and a port, and Accept=no",
            $"udp:{service.Https}");
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_descriptor_that_is_not_a_socket_is_rejected()
    {
        await using var service = new ManagedService();
        service.Start(NoRoutes, []);
        await service.Notify.WaitForAsync("READY=1");
        var (_, _, errors) = await ChildProcess.RunAsync(
            "sh",
            ["-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\" 3< /dev/null", "sh", .. Units.Command("ExecStart"), "--domain", "a.example"],
            Bound.Prompt);
        Assert.Contains("systemd passed descriptor 3 (unknown) to listen on, but it is not a socket;", errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task An_address_without_a_passed_socket_is_bound()
    {
        await using var service = new ManagedService();
        service.Start(NoRoutes, [$"{service.Https}"]);
        await service.Notify.WaitForAsync("READY=1");
        await using var client = await TlsInTlsClient.ConnectOuterAsync(service.Client("b.example"), Bound.Token);
        using var http = new System.Net.Sockets.TcpClient();
        await http.ConnectAsync(service.Http, Bound.Token);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_socket_that_takes_IPv6_only_is_told_so()
    {
        await using var service = Everywhere();
        service.Start(NoRoutes, [$"v6only:{service.Https}", $"{service.Http}"]);
        await service.Notify.WaitForAsync("READY=1");

        await service.Manager.WaitForLineAsync(
            line => line == $"  listening on  {service.Https} (IPv6 only); plain HTTP on {service.Http}", Bound.Prompt);
        await service.Manager.WaitForLineAsync(
            line => line.Contains(
                $"systemd's socket for {service.Https} takes IPv6 only, so IPv4 clients are refused; set BindIPv6Only=both in its " +
                $"[Socket] section (systemctl edit heliograph.socket), then restart heliograph.socket",
                StringComparison.Ordinal),
            Bound.Prompt);
        await ConnectAsync(IPAddress.IPv6Loopback, service.Https.Port);
        var refused = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(IPAddress.Loopback, service.Https.Port));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        await ConnectAsync(IPAddress.Loopback, service.Http.Port);
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_socket_for_each_family_serves_what_one_for_both_does(bool ipv4First)
    {
        await using var service = Everywhere();
        var (ipv6, ipv4) = ($"v6only:{service.Https}", $"0.0.0.0:{service.Https.Port}");
        string[] https = ipv4First ? [ipv4, ipv6] : [ipv6, ipv4];
        service.Start(NoRoutes, [.. https, $"v6only:{service.Http}", $"0.0.0.0:{service.Http.Port}"]);
        await service.Notify.WaitForAsync("READY=1");

        await service.Manager.WaitForLineAsync(
            line => line == $"  listening on  {service.Https}, {ipv4}; plain HTTP on {service.Http}, 0.0.0.0:{service.Http.Port}",
            Bound.Prompt);
        foreach (var port in (int[])[service.Https.Port, service.Http.Port])
        {
            await ConnectAsync(IPAddress.IPv6Loopback, port);
            await ConnectAsync(IPAddress.Loopback, port);
        }
        service.Manager.Signal(Processes.SIGTERM);
        Assert.Equal(0, await service.Manager.WaitForExitAsync(TimeSpan.FromSeconds(20)));
        Assert.DoesNotContain("IPv6 only", service.Manager.AllOutput, StringComparison.Ordinal);
    }

    [Fact]
    public void The_socket_unit_listens_where_the_configuration_does_by_default() =>
        Assert.Equal(
            new Heliograph.Configuration.Settings { Domains = [] } is var defaults
                ? [.. defaults.Listen.Concat(defaults.HttpListen).Select(static address => address.ToString())]
                : [],
            Units.Values(Units.Socket, "ListenStream"));

    /// <summary>Configured to listen at every address of both families.</summary>
    private static ManagedService Everywhere() => new()
    {
        Https = new(IPAddress.IPv6Any, LoopbackPort.Free().Port),
        Http = new(IPAddress.IPv6Any, LoopbackPort.Free().Port),
    };

    private static async Task ConnectAsync(IPAddress address, int port)
    {
        using var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(new IPEndPoint(address, port), Bound.Token);
    }

    private static async Task RefusesAsync(ManagedService service, string sentence, params string[] sockets)
    {
        service.Start(NoRoutes, sockets);
        Assert.Equal(1, await service.Manager.WaitForExitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(sentence + "\n", service.Manager.Errors);
    }
}
