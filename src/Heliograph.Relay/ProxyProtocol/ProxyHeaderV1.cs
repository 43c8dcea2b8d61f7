using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;
using Heliograph.Platform;
using Heliograph.Relay.Listening;

namespace Heliograph.Relay.ProxyProtocol;

/// <summary>Version 1, one line of text: <c>PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n</c>.</summary>
internal static class ProxyHeaderV1
{
    /// <summary>The longest possible line, including CRLF (section 2.1).</summary>
    public const int LongestLine = 107;

    public static ReadOnlySpan<byte> Signature => "PROXY "u8;

    /// <param name="bytes">Bytes that begin with <see cref="Signature"/>, or are a prefix of it.</param>
    public static ProxyHeader Read(ReadOnlySpan<byte> bytes)
    {
        var end = bytes[..Math.Min(bytes.Length, LongestLine)].IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0)
            return bytes.Length < LongestLine ? ProxyHeader.NeedMore : ProxyHeader.TooLong;
        if (end + 1 == LongestLine)
            return ProxyHeader.TooLong;
        if (bytes[end] == '\n')
            return ProxyHeader.Malformed;
        if (end + 1 == bytes.Length)
            return ProxyHeader.NeedMore;
        return bytes[end + 1] == '\n' ? ReadLine(bytes[..end]) : ProxyHeader.Malformed;
    }

    private static ProxyHeader ReadLine(ReadOnlySpan<byte> line)
    {
        var length = line.Length + 2;
        var rest = line[Signature.Length..];
        var protocol = ReadField(ref rest);
        if (protocol.SequenceEqual("UNKNOWN"u8))
            return new(ProxyHeaderStatus.Header, length);
        if (GetFamily(protocol) is not { } family || rest.Count((byte)' ') != 3)
            return ProxyHeader.Malformed;
        var from = ReadField(ref rest);
        var to = ReadField(ref rest);
        var fromPort = ReadField(ref rest);
        return TryReadEndpoint(from, fromPort, family, out var source) && TryReadEndpoint(to, rest, family, out var destination)
            ? new(ProxyHeaderStatus.Header, length, new() { Source = source, Destination = destination })
            : ProxyHeader.Malformed;
    }

    /// <summary>Reads up to the next space, and removes both.</summary>
    private static ReadOnlySpan<byte> ReadField(ref ReadOnlySpan<byte> rest)
    {
        var space = rest.IndexOf((byte)' ');
        var field = space < 0 ? rest : rest[..space];
        rest = space < 0 ? default : rest[(space + 1)..];
        return field;
    }

    private static AddressFamily? GetFamily(ReadOnlySpan<byte> protocol) =>
        protocol.SequenceEqual("TCP4"u8) ? AddressFamily.InterNetwork
        : protocol.SequenceEqual("TCP6"u8) ? AddressFamily.InterNetworkV6
        : null;

    private static bool TryReadEndpoint(
        ReadOnlySpan<byte> address, ReadOnlySpan<byte> port, AddressFamily family, out SourceEndpoint endpoint)
    {
        endpoint = default;
        if (!TryReadPort(port, out var number) || !TryReadAddress(address, family, out var read))
            return false;
        endpoint = new(read, number);
        return true;
    }

    private static bool TryReadPort(ReadOnlySpan<byte> text, out ushort port) =>
        Utf8Parser.TryParse(text, out port, out var used)
        && used == text.Length
        && char.IsAsciiDigit((char)text[0])
        && (text[0] != '0' || text.Length == 1);

    private static bool TryReadAddress(ReadOnlySpan<byte> text, AddressFamily family, out SourceAddress address)
    {
        address = default;
        Span<char> letters = stackalloc char[InternetAddress.LongestText];
        // "Four decimal numbers without leading zeros", and for IPv6 what inet_pton(3) reads (section 2.1).
        if (text.Length > letters.Length
            || !InternetAddress.TryParse(letters[..Encoding.Latin1.GetChars(text, letters)], out var parsed)
            || parsed.AddressFamily != family)
            return false;
        Span<byte> bytes = stackalloc byte[16];
        _ = parsed.TryWriteBytes(bytes, out _);
        address = family == AddressFamily.InterNetworkV6 ? SourceAddress.FromIpv6(bytes) : SourceAddress.FromIpv4(bytes[..4]);
        return true;
    }
}
