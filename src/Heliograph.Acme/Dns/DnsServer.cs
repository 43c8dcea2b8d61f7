using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Heliograph.Acme.Dns;

/// <summary>A name server's address; a DNS server named by a DNS name would need DNS to be found.</summary>
internal static class DnsServer
{
    private const int Port = 53;

    public static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? server)
    {
        // An endpoint without a port parses as port 0; "::1" must not be read as address and port.
        if (!IPEndPoint.TryParse(text, out server))
            return false;
        if (server.Port == 0)
            server.Port = Port;
        return true;
    }
}
