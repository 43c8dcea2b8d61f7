namespace Heliograph.Tls13.Hello;

/// <summary>
/// Reads a TLS ClientHello from the first bytes of a connection. Pure: no I/O, no state, and it never throws on wire data.
/// </summary>
/// <remarks>
/// A field is judged once it is whole, so bytes that can no longer become a ClientHello are refused without waiting for the rest. The
/// message may be cut into any number of records (RFC 8446 section 5.1); what follows the record it ends in is the caller's and is not
/// looked at.
/// </remarks>
public static class ClientHelloReader
{
    /// <summary>The most bytes looked at, record headers included: what nginx's ssl_preread takes (its preread buffer is 16 KB).</summary>
    public const int LongestHello = 16 * 1024;

    public static HelloStatus Read(ReadOnlySpan<byte> bytes, out ClientHello? hello)
    {
        hello = null;
        var status = HandshakeRecord.Read(bytes, out var first);
        if (status != HelloStatus.Hello)
            return status;

        // Nearly every hello is one record: it is read where it lies. Anything else is put together first.
        return HandshakeHeader.TryRead(first.Fragment, out var header) && header.MessageLength == first.Length
            ? ReadMessage(first.Fragment, announced: first.Length, headers: HandshakeRecord.HeaderLength, out hello)
            : ReadFragments(bytes[..Math.Min(bytes.Length, LongestHello)], out hello);
    }

    private static HelloStatus ReadFragments(ReadOnlySpan<byte> bytes, out ClientHello? hello)
    {
        hello = null;
        Span<byte> message = stackalloc byte[bytes.Length];
        var received = 0;
        var announced = 0;
        var headers = 0;
        while (true)
        {
            var status = HandshakeRecord.Read(bytes, out var record);
            if (status == HelloStatus.NotAClientHello)
                return status;

            // A header that is still to come takes its place under the bound as well.
            headers += HandshakeRecord.HeaderLength;
            announced += record.Length;
            record.Fragment.CopyTo(message[received..]);
            received += record.Fragment.Length;
            var isLast = HandshakeHeader.TryRead(message[..received], out var header) && announced >= header.MessageLength;
            if (isLast || status == HelloStatus.NeedMore || record.Fragment.Length < record.Length)
                return ReadMessage(message[..received], announced, headers, out hello);

            bytes = bytes[record.End..];
        }
    }

    /// <param name="message">What is here of the message.</param>
    /// <param name="announced">How many bytes its records so far are said to hold.</param>
    /// <param name="headers">The bytes of their headers.</param>
    /// <param name="hello">What it says, when it is whole and well-formed.</param>
    private static HelloStatus ReadMessage(ReadOnlySpan<byte> message, int announced, int headers, out ClientHello? hello)
    {
        hello = null;
        if (message is [not HandshakeHeader.ClientHello, ..])
            return HelloStatus.NotAClientHello;
        if (!HandshakeHeader.TryRead(message, out var header))
            return HelloStatus.NeedMore;

        // A ClientHello ends where a record ends, because a change of keys may follow it (RFC 8446 section 5.1): a second message in its
        // last record is no client's, and a TLS 1.3 server answers it with an alert.
        if (announced > header.MessageLength || headers + header.MessageLength > LongestHello)
            return HelloStatus.NotAClientHello;

        return ClientHelloBody.Read(message[HandshakeHeader.Length..], header.BodyLength, out hello);
    }
}
