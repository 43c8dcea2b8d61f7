using System.Net;
using Heliograph.Configuration;
using Heliograph.Relay;
using Heliograph.Relay.Listening;

namespace Heliograph.Hosting.Systemd;

/// <summary>The listening sockets that systemd passed, by the address of the configuration that each of them serves.</summary>
/// <remarks>
/// They are matched by where they are bound, not by their names: a socket unit may have several addresses and gives them all one name, and an address that
/// differs from the configured one is a mistake under any name. An address for which none was passed is bound as without systemd.
/// </remarks>
internal sealed record ActivatedSockets(IReadOnlyDictionary<IPEndPoint, LentSocket> Lent)
{
    public static readonly ActivatedSockets None = new(new Dictionary<IPEndPoint, LentSocket>());

    /// <exception cref="StartException">One of them is no listening TCP socket, or is not configured: its clients would wait for an answer for ever.</exception>
    public static ActivatedSockets Match(IReadOnlyList<PassedDescriptor> passed, Settings settings)
    {
        var lent = new Dictionary<IPEndPoint, LentSocket>();
        var configured = settings.Listen.Concat(settings.HttpListen).ToList();
        foreach (var descriptor in passed)
        {
            var socket = Open(descriptor);
            var address = configured.Find(address => address.Equals(socket.Endpoint) && !lent.ContainsKey(address))
                ?? configured.Find(address => MeansWithoutIpv6(address, socket.Endpoint) && !lent.ContainsKey(address))
                ?? throw new StartException($"systemd listens on {socket.Endpoint} for this service ({descriptor.Name}), but neither listen nor http.listen has that address; put it there, or change ListenStream= with: systemctl edit heliograph.socket");
            lent.Add(address, socket);
        }
        return new(lent);
    }

    private static LentSocket Open(PassedDescriptor descriptor)
    {
        try
        {
            return LentSocket.Open(descriptor.Number);
        }
        catch (RelayStartException exception)
        {
            throw new StartException($"systemd passed descriptor {descriptor.Number} ({descriptor.Name}) to listen on, but {exception.Message}; allowed are ListenStream= with an address and a port, and Accept=no");
        }
    }

    /// <summary><c>[::]</c> means 0.0.0.0 on a machine without IPv6, to us and to systemd.</summary>
    private static bool MeansWithoutIpv6(IPEndPoint configured, IPEndPoint bound) =>
        configured.Address.Equals(IPAddress.IPv6Any) && bound.Address.Equals(IPAddress.Any) && configured.Port == bound.Port;
}
