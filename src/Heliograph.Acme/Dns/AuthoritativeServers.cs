using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Heliograph.Platform;
using Heliograph.Platform.Resolving;

namespace Heliograph.Acme.Dns;

/// <summary>The name servers of a zone, as the system's resolver knows them.</summary>
internal static class AuthoritativeServers
{
    private const int MaxServers = 8;

    /// <summary>Empty when they cannot be found.</summary>
    public static async Task<IReadOnlyList<IPEndPoint>> FindAsync(
        string name, SystemResolver resolver, CancellationToken cancellationToken)
    {
        for (
            var zone = name;
            zone.Contains('.', StringComparison.Ordinal);
            zone = zone[(zone.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            // The resolver does not answer: the caller continues without the servers.
            if (await AskAsync(resolver, zone, cancellationToken) is not { } servers)
                return [];
            if (servers.Count > 0)
                return await ResolveAsync(servers, cancellationToken);
        }

        return [];
    }

    private static async Task<List<string>?> AskAsync(SystemResolver resolver, string zone, CancellationToken cancellationToken)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        if (await resolver.AskAsync(DnsWriter.Query(id, zone, DnsTypes.Ns, recursive: true), cancellationToken) is not { } answer)
            return null;
        var wanted = zone.ToLowerInvariant();
        return [.. answer.Answers
            .Where(record => record.Type == DnsTypes.Ns && record.Name == wanted)
            .Select(record => Encoding.ASCII.GetString(record.Data).TrimEnd('.'))
            .Take(MaxServers)];
    }

    private static async Task<IReadOnlyList<IPEndPoint>> ResolveAsync(List<string> names, CancellationToken cancellationToken)
    {
        var servers = new List<IPEndPoint>();
        foreach (var name in names)
        {
            try
            {
                // One address of each: the question is whether the server has the record, not whether every path to it works.
                if (Choose(await AbsoluteName.ResolveAsync(name, cancellationToken)) is { } address)
                    servers.Add(new IPEndPoint(address, 53));
            }
            catch (SocketException)
            {
                // A name server without an address is of no use.
            }
        }

        return servers;
    }

    /// <summary>The first to which this machine has a route, IPv4 before IPv6: IPv6 may have a route that leads nowhere.</summary>
    internal static IPAddress? Choose(IReadOnlyList<IPAddress> addresses) =>
        addresses.OrderBy(static address => address.AddressFamily == AddressFamily.InterNetworkV6).FirstOrDefault(HasRoute);

    private static bool HasRoute(IPAddress address)
    {
        try
        {
            // UDP: nothing is sent.
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(address, 53);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
