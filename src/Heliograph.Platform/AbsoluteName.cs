using System.Net;
using System.Net.Sockets;

namespace Heliograph.Platform;

/// <summary>Finds the addresses of a host; a seam for the tests.</summary>
public delegate Task<IPAddress[]> Resolve(string host, CancellationToken cancellationToken);

/// <summary>
/// Resolves host names as they stand. getaddrinfo(3) tries a name with fewer dots than resolv.conf's <c>ndots</c> in each domain of its
/// search list first: with <c>ndots:5</c> and a wildcard in such a domain, grpc.chat.signal.org becomes an address of the provider's.
/// </summary>
public static class AbsoluteName
{
    /// <summary>
    /// The addresses of a host, from /etc/hosts or else from DNS. A name without a dot is left to the search list: it has a meaning only
    /// there, or in /etc/hosts.
    /// </summary>
    /// <param name="host">A host name, not an address.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SocketException">It does not exist or has no address, or no server answers.</exception>
    public static Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        ResolveAsync(host, AddressFamily.Unspecified, cancellationToken);

    /// <param name="host">A host name, not an address.</param>
    /// <param name="family">Which addresses.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SocketException">It does not exist or has no such address, or no server answers.</exception>
    public static async Task<IPAddress[]> ResolveAsync(string host, AddressFamily family, CancellationToken cancellationToken)
    {
        if (!host.Contains('.', StringComparison.Ordinal))
            return await Dns.GetHostAddressesAsync(host, family, cancellationToken);
        var known = HostsFile.Find(host.TrimEnd('.'));
        if (family != AddressFamily.Unspecified)
            known = [.. known.Where(address => address.AddressFamily == family)];
        return known.Length > 0 ? known : await Dns.GetHostAddressesAsync(Of(host), family, cancellationToken);
    }

    /// <summary>
    /// Whether an exception of <see cref="ResolveAsync(string, CancellationToken)"/> is an answer: the name has no address.
    /// </summary>
    public static bool IsMissing(SocketException exception) =>
        exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData;

    /// <summary>The name with the dot at its end that keeps the search list away.</summary>
    private static string Of(string host) => host.EndsWith('.') ? host : host + '.';
}
