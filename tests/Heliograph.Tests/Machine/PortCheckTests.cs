using System.Net;
using System.Net.Sockets;
using Heliograph.Machine;

namespace Heliograph.Tests.Machine;

/// <summary>Whether a port is free, who uses it, and whether this user may use it.</summary>
public sealed class PortCheckTests
{
    private static readonly IPEndPoint Https = new(IPAddress.IPv6Any, 443);

    [Fact]
    public void A_free_port_is_free_and_stays_so()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        Assert.Equal(new Finding($"port {port}", Severity.Ok, "free"), PortCheck.Run(new(IPAddress.Loopback, port)));
        Assert.Equal(Severity.Ok, PortCheck.Run(new(IPAddress.IPv6Any, port)).Severity);
    }

    [Fact]
    public void A_port_in_use_is_reported_with_the_program_that_uses_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var program = File.ReadAllText("/proc/self/comm").Trim();
        Assert.Contains(PortHolders.Find(port), holder => holder == new PortHolder(program, Environment.ProcessId));
        // The server would listen on every address, including this one.
        var finding = PortCheck.Run(new(IPAddress.IPv6Any, port));
        Assert.Equal(Severity.Failure, finding.Severity);
        Assert.Contains($"{program} (process {Environment.ProcessId})", finding.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Docker_is_reported_with_its_containers() =>
        Assert.Contains("docker compose down", InUse("docker-proxy").Remedy, StringComparison.Ordinal);

    [Fact]
    public void A_web_server_is_stopped_as_a_service()
    {
        var finding = InUse("nginx");
        Assert.Equal("in use by nginx (process 812)", finding.Seen);
        Assert.Equal("Stop it first: systemctl disable --now nginx.", finding.Remedy);
    }

    [Fact]
    public void A_program_of_another_user_is_found_with_ss() =>
        Assert.Equal(
            new Finding(
                "port 443", Severity.Failure, "in use by another program", "Find it: sudo ss -ltnp 'sport = :443'. Then stop it.")
            {
                Held = true,
            },
            PortCheck.Evaluate(Https, SocketError.AddressAlreadyInUse, []));

    [Theory]
    [InlineData("heliograph", "already in use by heliograph")]
    [InlineData("systemd", "held by systemd for a socket unit")]
    public void Heliograph_itself_may_use_it(string program, string seen) =>
        Assert.Equal(new Finding("port 443", Severity.Ok, seen), InUse(program));

    [Fact]
    public void A_user_who_may_not_use_it_learns_what_to_do()
    {
        var finding = PortCheck.Evaluate(Https, SocketError.AccessDenied, []);
        Assert.Equal((Severity.Failure, $"user {Environment.UserName} may not use ports below 1024"), (finding.Severity, finding.Seen));
        Assert.Contains("CAP_NET_BIND_SERVICE", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_of_another_machine_is_a_failure() =>
        Assert.Equal("this machine does not have the address 192.0.2.1", PortCheck.Run(new(IPAddress.Parse("192.0.2.1"), 8443)).Seen);

    private static Finding InUse(string program) => PortCheck.Evaluate(Https, SocketError.AddressAlreadyInUse, [new(program, 812)]);
}
