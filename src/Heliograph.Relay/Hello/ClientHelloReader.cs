namespace Heliograph.Relay.Hello;

/// <summary>Reads a TLS ClientHello from the first bytes of a connection. Pure: no I/O, no state, and it never throws on wire data.</summary>
internal static class ClientHelloReader
{
    /// <summary>The most bytes looked at, record headers included: what nginx's ssl_preread takes (its preread buffer is 16 KB).</summary>
    public const int LongestHello = 16 * 1024;

    public static HelloStatus Read(ReadOnlySpan<byte> bytes, out ClientHello? hello)
    {
        hello = null;
        return HelloStatus.NotAClientHello;
    }
}
