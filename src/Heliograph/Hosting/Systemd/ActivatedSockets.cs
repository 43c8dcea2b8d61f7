using System.Net;
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

    /// <exception cref="StartException">
    /// One of them is not a listening TCP socket, or is not configured: its clients would wait forever.
    /// </exception>
    public static ActivatedSockets Match(IReadOnlyList<PassedDescriptor> passed, Settings settings)
    {
        var inherited = new Dictionary<IPEndPoint, InheritedSocket>();
        var configured = settings.Listen.Concat(settings.HttpListen).ToList();
        foreach (var descriptor in passed)
        {
            var socket = Open(descriptor);
            var address =
                configured.Find(address => address.Equals(socket.Endpoint) && !inherited.ContainsKey(address))
                ?? configured.Find(address => MeansWithoutIpv6(address, socket.Endpoint) && !inherited.ContainsKey(address))
                ?? throw new StartException(
                    $"systemd listens on {socket.Endpoint} for this service ({descriptor.Name}), but neither listen nor http.listen has " +
                    $"that address; add it there, or change ListenStream= with: systemctl edit heliograph.socket");
            inherited.Add(address, socket);
        }
        return new(inherited);
    }

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

    /// <summary><c>[::]</c> means 0.0.0.0 on a machine without IPv6, both here and for systemd.</summary>
    private static bool MeansWithoutIpv6(IPEndPoint configured, IPEndPoint bound) =>
        configured.Address.Equals(IPAddress.IPv6Any) && bound.Address.Equals(IPAddress.Any) && configured.Port == bound.Port;
}
