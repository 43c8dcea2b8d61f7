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
        Assert.Equal(new Finding($"port {port}", Severity.Ok, "free"), PortCheck.Run(new(IPAddress.Loopback, port), []));
        Assert.Equal(Severity.Ok, PortCheck.Run(new(IPAddress.IPv6Any, port), []).Severity);
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.1", true)]
    [InlineData("0.0.0.0", "::", true)]
    [InlineData("0.0.0.0", "::1", false)]
    [InlineData("::", "::1", true)]
    [InlineData("::", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "127.0.0.2", false)]
    public void The_running_server_has_the_port_on_the_addresses_that_its_socket_covers(string own, string asked, bool covers)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var seen = PortCheck.Run(new(IPAddress.Parse(asked), port), [new(IPAddress.Parse(own), port)]).Seen;
        Assert.Equal(covers, seen == "in use by the running server");
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
        var finding = PortCheck.Run(new(IPAddress.IPv6Any, port), []);
        Assert.Equal(Severity.Failure, finding.Severity);
        Assert.Contains($"{program} (process {Environment.ProcessId})", finding.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Docker_is_reported_with_its_containers() =>
        Assert.Contains("docker compose down", InUse("docker-proxy").Remedy, StringComparison.Ordinal);

    [Fact]
    public void A_service_is_stopped()
    {
        var finding = InUse("sslh");
        Assert.Equal("in use by sslh (process 812)", finding.Seen);
        Assert.Equal($"Stop it first: {Sudo.Prefix}systemctl disable --now sslh.", finding.Remedy);
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("apache2")]
    [InlineData("caddy")]
    public void A_web_server_may_stay_beside_Heliograph(string program)
    {
        var remedy = InUse(program).Remedy;
        Assert.Contains($"systemctl disable --now {program}.", remedy, StringComparison.Ordinal);
        Assert.Contains("passthrough: { www.example.org: \"127.0.0.1:8443\" }", remedy, StringComparison.Ordinal);
        Assert.Contains("docs/operating/beside-a-web-server.md", remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Port_80_may_stay_with_the_web_server() =>
        Assert.Contains(
            "--http-listen none",
            PortCheck.Evaluate(new(IPAddress.Any, 80), SocketError.AddressAlreadyInUse, [new("nginx", 812)]).Remedy,
            StringComparison.Ordinal);

    /// <remarks>The server is not dumpable, so that nobody but root may see what it has open: it has to say so itself.</remarks>
    [Theory]
    [InlineData("[::]", "[::]")]
    [InlineData("[::]", "0.0.0.0")]
    [InlineData("0.0.0.0", "[::]")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    public void A_port_that_the_running_server_says_it_has_is_its_own(string own, string configured) =>
        Assert.Equal(
            new Finding("port 443", Severity.Ok, "in use by the running server"),
            PortCheck.Run(IPEndPoint.Parse($"{configured}:443"), [IPEndPoint.Parse($"{own}:443")]));

    [Fact]
    public void The_server_that_has_another_port_does_not_excuse_this_one()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = (IPEndPoint)listener.LocalEndpoint;
        Assert.Equal(Severity.Failure, PortCheck.Run(endpoint, [new(IPAddress.Loopback, endpoint.Port + 1)]).Severity);
        Assert.Equal(Severity.Failure, PortCheck.Run(endpoint, [new(IPAddress.Parse("127.0.0.2"), endpoint.Port)]).Severity);
    }

    [Fact]
    public void Where_the_server_cannot_be_asked_nobody_is_accused()
    {
        var finding = PortCheck.Evaluate(Https, SocketError.AddressAlreadyInUse, [], isServerKnown: false);
        Assert.Equal(
            (Severity.Warning, $"in use, and user {Environment.UserName} may not see whether by the server", "Run this with sudo."),
            (finding.Severity, finding.Seen, finding.Remedy));
    }

    [Fact]
    public void What_the_service_may_do_is_no_fault_of_the_user_who_asks() =>
        Assert.Equal(
            new Finding("port 443", Severity.Ok, "free, and the service may use it"),
            PortCheck.Evaluate(Https, SocketError.AccessDenied, [], mayService: true));

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
        Assert.Equal("this machine does not have the address 192.0.2.1", PortCheck.Run(new(IPAddress.Parse("192.0.2.1"), 8443), []).Seen);

    private static Finding InUse(string program) => PortCheck.Evaluate(Https, SocketError.AddressAlreadyInUse, [new(program, 812)]);
}
