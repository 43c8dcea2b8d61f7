namespace Heliograph.Relay.ProxyProtocol;

/// <summary>
/// Reads a PROXY protocol header, version 1 or 2, from the first bytes of a connection. Pure: no I/O, no state, and it never throws on wire
/// data.
/// </summary>
/// <remarks>HAProxy's doc/proxy-protocol.txt, sections 2.1 and 2.2.</remarks>
internal static class ProxyHeaderReader
{
    /// <summary>The most bytes a header may have, of either version.</summary>
    public const int LongestHeader = ProxyHeaderV2.LongestHeader;

    public static ProxyHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (StartsAs(bytes, ProxyHeaderV2.Signature))
            return ProxyHeaderV2.Read(bytes);
        return StartsAs(bytes, ProxyHeaderV1.Signature) ? ProxyHeaderV1.Read(bytes) : new(ProxyHeaderStatus.Missing);
    }

    /// <summary>Whether the bytes begin with the signature, or are a prefix of it.</summary>
    private static bool StartsAs(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature) =>
        bytes.Length < signature.Length ? signature.StartsWith(bytes) : bytes.StartsWith(signature);
}
