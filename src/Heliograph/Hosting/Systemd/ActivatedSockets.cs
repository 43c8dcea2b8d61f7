using System.Net;
using System.Net.Sockets;
using Heliograph.Configuration;
using Heliograph.Relay;
using Heliograph.Relay.Listening;

namespace Heliograph.Hosting.Systemd;

/// <summary>The listening sockets that systemd passed, by the configured address that each of them serves.</summary>
/// <remarks>
/// They are matched by the address they are bound to, not by name: a socket unit may have several addresses and gives them all one name,
/// and an address that differs from the configured one is a mistake under any name. An address without a passed socket is bound as usual.
/// </remarks>
internal sealed record ActivatedSockets(IReadOnlyDictionary<IPEndPoint, InheritedSocket> Inherited)
{
    public static readonly ActivatedSockets None = new(new Dictionary<IPEndPoint, InheritedSocket>());

    /// <summary>
    /// Left over from before a restart in place: the configuration has changed since, and nobody else holds these sockets.
    /// </summary>
    public IReadOnlyList<InheritedSocket> Surplus { get; private init; } = [];

    /// <summary>Changes nothing; <see cref="CloseSurplus"/> does.</summary>
    /// <exception cref="StartException">
    /// One of them is not a listening TCP socket, or is not configured: its clients would wait forever.
    /// </exception>
    public static ActivatedSockets Match(IReadOnlyList<PassedDescriptor> passed, Settings settings)
    {
        var inherited = new Dictionary<IPEndPoint, InheritedSocket>();
        var surplus = new List<InheritedSocket>();
        var configured = settings.Listen.Concat(settings.HttpListen).ToList();
        var sockets = passed.Select(static descriptor => (Descriptor: descriptor, Socket: Open(descriptor))).ToList();
        // Those of the very address first: the socket for [::] leaves 0.0.0.0 to the other, in whatever order systemd has them.
        foreach (var (descriptor, socket) in sockets.OrderBy(one => !configured.Contains(one.Socket.Endpoint)))
        {
            var isOwn = descriptor.Name == PassedDescriptor.OwnName;
            if (FindAddress(socket, isOwn) is { } address)
                inherited.Add(address, socket);
            else if (isOwn)
                surplus.Add(socket);
            else
                throw new StartException(
                    $"systemd listens on {socket.Endpoint} for this service ({descriptor.Name}), but neither listen nor http.listen has " +
                    $"that address; add it there, or change ListenStream= with: systemctl edit heliograph.socket");
        }
        return new(inherited) { Surplus = surplus };

        // On a machine with IPv6, one of our own for 0.0.0.0 is what was configured before: [::] is to be bound.
        IPEndPoint? FindAddress(InheritedSocket socket, bool isOwn) =>
            configured.Find(address => address.Equals(socket.Endpoint) && !inherited.ContainsKey(address))
            ?? (isOwn && Socket.OSSupportsIPv6
                ? null : configured.Find(address => MeansWithoutIpv6(address, socket.Endpoint) && !inherited.ContainsKey(address)))
            ?? (IsIpv4Of(socket.Endpoint, inherited.Values) ? socket.Endpoint : null);
    }

    public void CloseSurplus()
    {
        foreach (var socket in Surplus)
            socket.Close();
    }

    /// <summary>
    /// The addresses to listen on: the configured ones, and 0.0.0.0 where systemd has a socket for it beside the one for <c>[::]</c>.
    /// </summary>
    public IReadOnlyList<IPEndPoint> Extend(IReadOnlyList<IPEndPoint> configured) =>
    [
        .. configured,
        .. Inherited.Keys.Where(key => !configured.Contains(key)
            && IsIpv4Of(key, configured.Where(Inherited.ContainsKey).Select(address => Inherited[address]))),
    ];

    /// <summary>Whether this is <c>[::]</c>, and its socket refuses IPv4, which no other socket takes either.</summary>
    public bool LacksIpv4(IPEndPoint endpoint, IEnumerable<IPEndPoint> listening) =>
        endpoint.Address.Equals(IPAddress.IPv6Any)
        && Inherited.GetValueOrDefault(endpoint) is { IsIpv6Only: true }
        && !listening.Any(other => MeansWithoutIpv6(endpoint, other));

    private static InheritedSocket Open(PassedDescriptor descriptor)
    {
        try
        {
            return InheritedSocket.Open(descriptor.Number);
        }
        catch (RelayStartException exception)
        {
            throw new StartException(
                $"systemd passed descriptor {descriptor.Number} ({descriptor.Name}) to listen on, but {exception.Message}; the socket " +
                $"unit needs ListenStream= with an address and a port, and Accept=no");
        }
    }

    /// <summary>Whether an address is 0.0.0.0, and one of the sockets is the one for <c>[::]</c> with the same port.</summary>
    private static bool IsIpv4Of(IPEndPoint address, IEnumerable<InheritedSocket> sockets) =>
        sockets.Any(socket => socket.IsIpv6Only && MeansWithoutIpv6(socket.Endpoint, address));

    /// <summary><c>[::]</c> means 0.0.0.0 on a machine without IPv6, both here and for systemd.</summary>
    private static bool MeansWithoutIpv6(IPEndPoint configured, IPEndPoint bound) =>
        configured.Address.Equals(IPAddress.IPv6Any) && bound.Address.Equals(IPAddress.Any) && configured.Port == bound.Port;
}
