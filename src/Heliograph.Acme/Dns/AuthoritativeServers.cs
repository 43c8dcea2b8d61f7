using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Heliograph.Platform;

namespace Heliograph.Acme.Dns;

/// <summary>The name servers of a zone, as the system's resolver knows them.</summary>
internal static class AuthoritativeServers
{
    private const int MaxServers = 8;
    private const string ResolverFile = "/etc/resolv.conf";

    /// <summary>Empty when they cannot be found.</summary>
    public static async Task<IReadOnlyList<IPEndPoint>> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            if (SystemResolver() is not { } resolver)
                return [];
            for (
                var zone = name;
                zone.Contains('.', StringComparison.Ordinal);
                zone = zone[(zone.IndexOf('.', StringComparison.Ordinal) + 1)..])
            {
                var servers = await AskAsync(resolver, zone, cancellationToken);
                if (servers.Count > 0)
                    return await ResolveAsync(servers, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No resolver: the caller continues without the servers.
        }

        return [];
    }

    private static async Task<List<string>> AskAsync(IPEndPoint resolver, string zone, CancellationToken cancellationToken)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var answer = await DnsExchange.AskAsync(
            resolver, DnsWriter.Query(id, zone, DnsTypes.Ns, recursive: true), tcpOnly: false, cancellationToken);
        var wanted = zone.ToLowerInvariant();
        return [.. DnsAnswer.Parse(answer)!.Answers
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
                var addresses = await AbsoluteName.ResolveAsync(name, AddressFamily.InterNetwork, cancellationToken);
                servers.AddRange(addresses.Take(1).Select(address => new IPEndPoint(address, 53)));
            }
            catch (SocketException)
            {
                // A name server without an address is of no use.
            }
        }

        return servers;
    }

    /// <summary>Read as the resolver itself reads it: a link-local server has a zone.</summary>
    private static IPEndPoint? SystemResolver() => File.ReadLines(ResolverFile)
        .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words is ["nameserver", ..])
        .Select(words => words.Length > 1 && IPAddress.TryParse(words[1], out var address) ? new IPEndPoint(address, 53) : null)
        .FirstOrDefault(server => server is not null);
}
