using System.Net;
using Heliograph.Platform;

namespace Heliograph.Metrics;

/// <summary>
/// The hosts that these pages may be asked for under. A web page elsewhere can give its own name the address of this machine (DNS
/// rebinding): to the operator's browser, what answers there is then a part of that page, which may read it. The name in the request
/// gives it away.
/// </summary>
internal sealed class OwnHosts(IReadOnlyList<IPEndPoint> listen)
{
    /// <summary>Whether only this machine can connect: a name is then of no use to anybody but such a web page.</summary>
    public bool AreLocal => listen.All(static endpoint => IPAddress.IsLoopback(endpoint.Address));

    /// <param name="host">Lower case, without a port, an IPv6 address in brackets; null: none is named, as no browser does.</param>
    public bool Has(string? host) =>
        host is null or "localhost" || (InternetAddress.TryParse(host.Trim('[', ']'), out var address) && Has(address));

    /// <summary>No browser takes an address for the name of another machine: where we listen on every address, each may be ours.</summary>
    private bool Has(IPAddress address) =>
        IPAddress.IsLoopback(address) || listen.Any(endpoint => endpoint.Address.Equals(address) || IsEvery(endpoint.Address));

    private static bool IsEvery(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
