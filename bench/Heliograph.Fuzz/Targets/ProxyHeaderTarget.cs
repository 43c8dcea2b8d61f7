using Heliograph.Relay.ProxyProtocol;

namespace Heliograph.Fuzz.Targets;

/// <summary>The bytes are the first of a connection from a trusted proxy.</summary>
internal static class ProxyHeaderTarget
{
    public static void Check(ReadOnlySpan<byte> bytes)
    {
        var header = ProxyHeaderReader.Read(bytes);
        FaultException.Unless(
            header.Status != ProxyHeaderStatus.NeedMore || bytes.Length < ProxyHeaderReader.LongestHeader,
            $"{bytes.Length} bytes, and it wants more");
        foreach (var length in Lengths.OfPrefixes(bytes.Length))
        {
            var prefix = ProxyHeaderReader.Read(bytes[..length]);
            FaultException.Unless(
                prefix.Status == ProxyHeaderStatus.NeedMore || IsSame(prefix, header),
                $"the first {length} bytes are {prefix.Status}, all {bytes.Length} are {header.Status}");
        }
        if (header.Status != ProxyHeaderStatus.Header)
            return;
        FaultException.Unless(header.Length > 0 && header.Length <= bytes.Length, $"a header of {header.Length} bytes in {bytes.Length}");
        // What follows is the client's, and says nothing about the header.
        FaultException.Unless(
            IsSame(ProxyHeaderReader.Read(bytes[..header.Length]), header), "without what follows it, it reads otherwise");
        if (header.Addresses is { } addresses)
            CheckWritten(addresses);
    }

    /// <summary>The header that is sent on says the same.</summary>
    private static void CheckWritten(ConnectionAddresses addresses)
    {
        Span<byte> written = stackalloc byte[ProxyHeaderWriter.LongestHeader];
        written = written[..ProxyHeaderWriter.Write(addresses, written)];
        var again = ProxyHeaderReader.Read(written);
        FaultException.Unless(
            again.Length == written.Length && IsSame(again.Addresses, addresses), "what is written from it reads otherwise");
    }

    private static bool IsSame(ProxyHeader one, ProxyHeader other) =>
        one.Status == other.Status && one.Length == other.Length && IsSame(one.Addresses, other.Addresses);

    private static bool IsSame(ConnectionAddresses? one, ConnectionAddresses? other) =>
        one is null ? other is null : other is not null && one.Source == other.Source && one.Destination == other.Destination;
}
