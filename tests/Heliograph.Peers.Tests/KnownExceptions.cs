namespace Heliograph.Peers.Tests;

/// <summary>
/// Every conversation in which the program does not do as nginx does, and why it may. A test fails when one of them no longer differs, and
/// when one names no conversation.
/// </summary>
internal static class KnownExceptions
{
    private const string Unread =
        "RST or FIN, after the same alert: nginx leaves what it has not read to the kernel, which then resets the connection. The program "
        + "reads up to 128 KB at a time, and a hello as a whole before it is answered: there is nothing left to reset.";

    private const string OnStream =
        "nginx ends the connection, the decoy ignores the stream's number. A change to come: the decoy will refuse it as nginx does.";

    private const string WithinBlock =
        "nginx ends the connection, the decoy skips the frame. A change to come: the decoy will refuse every frame but CONTINUATION.";

    private const string Unnotified =
        "nginx ends a connection on which a request is still being answered, or stops halfway, without close_notify. The decoy ends its "
        + "socket, and the relay says so to the client in TLS's way: it is not told why. The frames, the alerts and the FIN are the same.";

    private const string EmptyValue =
        "nginx answers 400, then mistakes the empty value for the next field's name and ends the connection; the decoy stops at 400.";

    private const string HuffmanPadding =
        "nginx takes padding of more than 7 bits, RFC 7541 section 5.2 forbids it, and so does the decoy. A change to come: as nginx.";

    private const string Recognized =
        "nginx answers 400 at once, because no HTTP method begins with that byte. A hello of Signal's does: the program waits for the "
        + "rest, and leaves whoever does not send it when the time is up.";

    private const string HalfRequest =
        "nginx resets the stream of the half request before GOAWAY. The decoy knows no stream before its header block is whole.";

    public static IReadOnlyDictionary<(string Group, string Name), string> All { get; } =
        new[]
        {
            List(Unread, "TLS 1.2, records", "1,000 empty records"),
            List(
                Unread,
                "two segments",
                "a HelloRequest before, cut at 5",
                "a HelloRequest before, cut at 6",
                "a hello of 131,397 bytes, its header only, cut at 5",
                "a hello of 131,397 bytes, its header only, cut at 6",
                "a hello of 131,397 bytes, its header only, cut at 8",
                "a hello of 131,397 bytes, its header only, cut at 9",
                "a hello of 16 MB, its header only, cut at 5",
                "a hello of 16 MB, its header only, cut at 6",
                "a hello of 16 MB, its header only, cut at 8",
                "a hello of 16 MB, its header only, cut at 9"),
            List(OnStream, "http2/6.5", "SETTINGS of a stream", "SETTINGS of an open stream", "an acknowledgement of a stream"),
            List(OnStream, "http2/6.7", "PING of a stream", "an acknowledgement of a stream"),
            List(OnStream, "http2/6.8", "GOAWAY of a stream"),
            List(WithinBlock, "http2/4.3", "GOAWAY within a block"),
            List(WithinBlock, "http2/5.5", "an unknown frame within a block"),
            List(
                Unnotified,
                "http2/5.1",
                "half closed: HEADERS",
                "half closed: CONTINUATION",
                "reset: HEADERS",
                "reset: CONTINUATION"),
            List(Unnotified, "http2/5.3.1", "PRIORITY of an open stream that depends on itself"),
            List(Unnotified, "http2/6.3", "PRIORITY of four bytes of an open stream"),
            List(Unnotified, "http2/6.4", "RST_STREAM of three bytes", "RST_STREAM of five bytes"),
            List(Unnotified, "http2/6.9", "by 0 of a stream", "of three bytes of a stream"),
            List(
                Unnotified,
                "http2/6.10",
                "behind HEADERS with END_HEADERS",
                "behind one with END_HEADERS",
                "behind DATA"),
            List(Unnotified, "http2/8.2", "PUSH_PROMISE of an open stream"),
            List(Unnotified, "time-out", "in a request line", "in a request's fields"),
            List(Recognized, "time-out", "in a hello of Signal's"),
            List(HalfRequest, "time-out", "in a frame", "in a header block"),
            List(EmptyValue, "http2/8.1.2.3", "an empty :path"),
            List(HuffmanPadding, "hpack/5.2", "padding longer than 7 bits"),
        }
        .SelectMany(static list => list)
        .ToDictionary(static exception => exception.Key, static exception => exception.Reason);

    private static IEnumerable<((string Group, string Name) Key, string Reason)> List(string reason, string group, params string[] names) =>
        names.Select(name => ((group, name), reason));
}
