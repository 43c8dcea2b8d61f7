using System.Net;
using Heliograph.Certificates;

namespace Heliograph.Status;

/// <summary>How an operator reaches the page from another computer: it is on loopback, and ssh is the way to there.</summary>
internal sealed record PageStatus
{
    /// <summary>For a server whose certificate does not name the machine.</summary>
    private const string AnyServer = "YOUR-SERVER";

    /// <summary>What to type on that computer.</summary>
    public required string Command { get; init; }

    /// <summary>What to open in its browser while the command runs.</summary>
    public required string Url { get; init; }

    /// <param name="endpoint">Where the server answers.</param>
    /// <param name="certificate">Names the server.</param>
    public static PageStatus At(IPEndPoint endpoint, CertificateReport certificate)
    {
        var server = certificate.Names is [var name, ..] && !name.StartsWith('*') ? name : AnyServer;
        return new()
        {
            Command = $"ssh -L {endpoint.Port}:{new IPEndPoint(Reached(endpoint.Address), endpoint.Port)} {server}",
            Url = $"http://127.0.0.1:{endpoint.Port}/",
        };
    }

    /// <summary>Nobody can connect to "every address"; <c>[::]</c> takes IPv4 too.</summary>
    private static IPAddress Reached(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : address;
}
