using System.Net;
using System.Net.Sockets;
using Heliograph.Configuration;
using Heliograph.Hosting;
using Heliograph.Hosting.Systemd;
using Heliograph.Testing;

namespace Heliograph.Tests.Hosting;

/// <summary>Which sockets a program takes of those that another leaves to it, and whether it could listen at new addresses.</summary>
public sealed class AddressRehearsalTests : IDisposable
{
    private const string Unit = "heliograph.socket";

    private readonly List<Socket> sockets = [];

    public void Dispose() => sockets.ForEach(static socket => socket.Dispose());

    [Fact]
    public void A_socket_of_our_own_for_IPv4_is_not_taken_for_that_of_both_families()
    {
        var (ipv4, port) = Listen(IPAddress.Any);
        var settings = Settings(new IPEndPoint(IPAddress.IPv6Any, port));

        var matched = ActivatedSockets.Match([new(ipv4, PassedDescriptor.OwnName)], settings);
        Assert.Empty(matched.Inherited);
        Assert.Equal([ipv4], matched.Surplus.Select(static socket => socket.Descriptor));
        Assert.Empty(AddressRehearsal.FindProblems(settings, [new(ipv4, PassedDescriptor.OwnName)], []));
        // What systemd has opened is what the operator wants.
        Assert.Equal([settings.Listen[0]], ActivatedSockets.Match([new(ipv4, Unit)], settings).Inherited.Keys);
    }

    [Fact]
    public void A_socket_of_our_own_at_an_address_that_is_not_configured_any_more_is_left_open_until_the_restart()
    {
        var (socket, port) = Listen(IPAddress.Any);
        // Nobody can tell now whether 127.0.0.1 is free then.
        Assert.Empty(Rehearse(new IPEndPoint(IPAddress.Loopback, port), new PassedDescriptor(socket, PassedDescriptor.OwnName)));
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, port);
    }

    [Fact]
    public void An_address_of_systemds_has_to_stay_configured()
    {
        var (socket, port) = Listen(IPAddress.Loopback);
        var problem = Assert.Single(Rehearse(LoopbackPort.Free(), new PassedDescriptor(socket, Unit)));
        Assert.StartsWith(
            $"systemd listens on 127.0.0.1:{port} for this service ({Unit}), but neither", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void IPv4_is_not_added_beside_a_socket_of_our_own_for_both_families()
    {
        var (both, port) = Listen(IPAddress.IPv6Any);
        var settings = Settings(new IPEndPoint(IPAddress.IPv6Any, port), new IPEndPoint(IPAddress.Any, port));
        Assert.Equal(
            $"0.0.0.0:{port} cannot be added by a restart in place, because [::]:{port} takes IPv4 too and stays open; use: systemctl " +
            $"restart heliograph",
            Assert.Single(AddressRehearsal.FindProblems(settings, [new(both, PassedDescriptor.OwnName)], [])));
    }

    [Fact]
    public void A_new_address_has_to_be_free_and_is_free_afterwards()
    {
        var (_, port) = Listen(IPAddress.Loopback);
        var (taken, free) = (new IPEndPoint(IPAddress.Loopback, port), LoopbackPort.Free());
        var problem = $"cannot listen on {taken}: another program has the port; find it with: ss -ltnp 'sport = :{port}'";
        Assert.Equal([problem], Rehearse(taken));
        Assert.Empty(Rehearse(free));
        using var listener = new TcpListener(free);
        listener.Start();

        var metrics = Settings(LoopbackPort.Free()) with { MetricsListen = [taken] };
        Assert.Equal([problem], AddressRehearsal.FindProblems(metrics, [], []));
        // Without a key for it, a server starts without metrics.
        Assert.Empty(AddressRehearsal.FindProblems(metrics with { IsMetricsListenDefault = true }, [], []));
        // Its own: they end with this process.
        Assert.Empty(AddressRehearsal.FindProblems(metrics, [], [taken]));
    }

    private static IReadOnlyList<string> Rehearse(IPEndPoint listen, params PassedDescriptor[] passed) =>
        AddressRehearsal.FindProblems(Settings(listen), passed, []);

    private static Settings Settings(params IPEndPoint[] listen) =>
        new() { Domains = ["example.org"], Listen = listen, HttpListen = [], MetricsListen = [] };

    private (int Descriptor, int Port) Listen(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        sockets.Add(socket);
        if (address.Equals(IPAddress.IPv6Any))
            socket.DualMode = true;
        socket.Bind(new IPEndPoint(address, LoopbackPort.Free().Port));
        socket.Listen();
        return ((int)socket.Handle, ((IPEndPoint)socket.LocalEndPoint!).Port);
    }
}
