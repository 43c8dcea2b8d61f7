using System.Runtime.InteropServices;
using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Session;

/// <summary>Both directions' keys of a connection. A <see cref="Tls13Session"/> that gets them owns them.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct SessionKeys
{
    internal SessionKeys(TrafficKey client, TrafficKey server)
    {
        Client = client;
        Server = server;
    }

    /// <summary>The key that the client writes with.</summary>
    internal TrafficKey Client { get; }

    /// <summary>The key that the server writes with.</summary>
    internal TrafficKey Server { get; }

    /// <summary>Whether there can be keys for a cipher suite: it is one of TLS 1.3, and this OpenSSL has it.</summary>
    /// <param name="suite">The suite's number in the protocol (RFC 8446 appendix B.4).</param>
    public static bool Support(int suite) => CipherSuite.Find(suite) is not null;

    /// <summary>Derives the keys of a connection whose handshake somebody else has done.</summary>
    /// <param name="suite">The suite's number in the protocol.</param>
    /// <param name="clientSecret">client_application_traffic_secret_0 (RFC 8446 section 7.1), as long as the suite's hash; copied.</param>
    /// <param name="serverSecret">server_application_traffic_secret_0; copied.</param>
    /// <param name="serverRecords">How many records the server has already written with its key: session tickets.</param>
    /// <returns>Null: the suite is not supported, or a secret has another length.</returns>
    public static SessionKeys? Derive(int suite, ReadOnlySpan<byte> clientSecret, ReadOnlySpan<byte> serverSecret, int serverRecords)
    {
        if (CipherSuite.Find(suite) is not { } found || clientSecret.Length != found.HashLength || serverSecret.Length != found.HashLength)
            return null;
        return new SessionKeys(new TrafficKey(found, clientSecret, records: 0), new TrafficKey(found, serverSecret, serverRecords));
    }
}
