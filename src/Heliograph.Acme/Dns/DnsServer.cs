using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Heliograph.Platform;

namespace Heliograph.Acme.Dns;

/// <summary>A name server's address; a DNS server named by a DNS name would need DNS to be found.</summary>
internal static class DnsServer
{
    private const int Port = 53;

    /// <summary>An address, or an address with a port; an IPv6 address with a port stands in brackets.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? server)
    {
        server = null;
        var (host, port) = Split(text);
        if (!InternetAddress.TryParse(host, out var address)
            || (text.StartsWith('[') && address.AddressFamily != AddressFamily.InterNetworkV6))
            return false;
        if (port is null)
            server = new(address, Port);
        else if (ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            server = new(address, number);
        return server is not null;
    }

    /// <summary>What is wrong with a text that is none.</summary>
    public static string FindProblem(string text) =>
        InternetAddress.FindProblem(Split(text).Host) ?? "is not an address with an optional port, such as 192.0.2.1:53";

    private static (string Host, string? Port) Split(string text)
    {
        if (text.StartsWith('[') && text.IndexOf(']', StringComparison.Ordinal) is > 0 and var close)
            return (text[1..close], text[(close + 1)..] switch { "" => null, [':', .. var after] => after, var other => other });
        return text.Split(':') is [var host, var port] ? (host, port) : (text, null);
    }
}
