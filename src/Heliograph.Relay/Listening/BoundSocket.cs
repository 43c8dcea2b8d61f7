using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Listening;

/// <summary>Opens listening sockets.</summary>
internal static unsafe class BoundSocket
{
    /// <summary>The kernel limits it to net.core.somaxconn; nginx asks for 511.</summary>
    private const int Backlog = 4096;

    /// <summary>Listens at every address, in the order of <see cref="RelayOptions.Listen"/>.</summary>
    /// <exception cref="RelayStartException">One sentence for the operator; nothing stays bound.</exception>
    public static List<(int Descriptor, IPEndPoint Endpoint)> ListenAll(RelayOptions options)
    {
        var bound = new List<(int Descriptor, IPEndPoint Endpoint)>();
        try
        {
            foreach (var endpoint in options.Listen)
            {
                if (options.Inherited.TryGetValue(endpoint, out var inherited))
                {
                    bound.Add((inherited.Descriptor, inherited.Endpoint));
                    continue;
                }
                bound.Add(Listen(endpoint, ipv6Only: HasIpv4Twin(endpoint, options.Listen)));
            }
            return bound;
        }
        catch (RelayStartException)
        {
            foreach (var (descriptor, _) in bound)
                _ = Libc.close(descriptor);
            throw;
        }
    }

    /// <summary>"0.0.0.0:443" beside "[::]:443": each takes its own family.</summary>
    public static bool HasIpv4Twin(IPEndPoint endpoint, IReadOnlyList<IPEndPoint> all) =>
        all.Any(other => other.Address.Equals(IPAddress.Any) && other.Port == endpoint.Port && endpoint.Port != 0);

    /// <summary>
    /// Binds and listens. <c>[::]</c> takes IPv4, too, unless <paramref name="ipv6Only"/>; without IPv6 it means 0.0.0.0.
    /// </summary>
    /// <returns>A descriptor and where it listens.</returns>
    /// <exception cref="RelayStartException">One sentence for the operator.</exception>
    public static (int Descriptor, IPEndPoint Endpoint) Listen(IPEndPoint endpoint, bool ipv6Only)
    {
        var isIpv6 = endpoint.AddressFamily == AddressFamily.InterNetworkV6;
        var descriptor = Libc.socket(isIpv6 ? Libc.FamilyInet6 : Libc.FamilyInet, Libc.StreamNonBlocking, 0);
        if (descriptor < 0 && isIpv6 && Libc.LastError == Libc.Eafnosupport && endpoint.Address.Equals(IPAddress.IPv6Any))
            return Listen(new IPEndPoint(IPAddress.Any, endpoint.Port), ipv6Only);
        if (descriptor < 0)
            throw Failed(endpoint, Libc.LastError);
        // After a restart, connections of the previous process may still be in TIME_WAIT.
        Libc.SetOption(descriptor, Libc.SolSocket, Libc.ReuseAddress, 1);
        if (isIpv6)
            Libc.SetOption(descriptor, Libc.ProtocolIpv6, Libc.Ipv6Only, ipv6Only ? 1 : 0);
        var address = endpoint.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            if (Libc.bind(descriptor, bytes, address.Size) != 0 || Libc.listen(descriptor, Backlog) != 0)
            {
                var error = Libc.LastError;
                _ = Libc.close(descriptor);
                throw Failed(endpoint, error);
            }
            var length = address.Size;
            _ = Libc.getsockname(descriptor, bytes, &length);
        }
        return (descriptor, (IPEndPoint)endpoint.Create(address));
    }

    private static RelayStartException Failed(IPEndPoint endpoint, int error) =>
        new(
            error switch
            {
                Libc.Eaddrinuse =>
                    $"cannot listen on {endpoint}: another program has the port; find it with: ss -ltnp 'sport = :{endpoint.Port}'",
                Libc.Eacces or Libc.Eperm =>
                    $"cannot listen on {endpoint}: ports below 1024 need the capability CAP_NET_BIND_SERVICE; run as a service or as " +
                    $"root, or choose another port",
                Libc.Eaddrnotavail => $"cannot listen on {endpoint}: this machine has no such address; list them with: ip address",
                _ => $"cannot listen on {endpoint}: {Marshal.GetPInvokeErrorMessage(error)}",
            });
}
