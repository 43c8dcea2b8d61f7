namespace Heliograph.Peers.Tests;

/// <summary>
/// Every conversation in which the program does not do as nginx does, and why it may. A test fails when one of them no longer differs, and
/// when one names no conversation.
/// </summary>
internal static class KnownExceptions
{
    private const string Unnotified =
        "nginx ends a connection on which a request is still being answered, or stops halfway, without close_notify. The decoy ends its "
        + "socket, and the relay says so to the client in TLS's way: it is not told why. The frames, the alerts and the FIN are the same.";

    private const string Recognized =
        "nginx answers 400 at once, because no HTTP method begins with that byte. A hello of Signal's does: the program waits for the "
        + "rest, and leaves whoever does not send it when the time is up.";

    public static IReadOnlyDictionary<(string Group, string Name), string> All { get; } =
        new[]
        {
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
            List(Unnotified, "http2/6.5", "SETTINGS of an open stream"),
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
        }
        .SelectMany(static list => list)
        .ToDictionary(static exception => exception.Key, static exception => exception.Reason);

    private static IEnumerable<((string Group, string Name) Key, string Reason)> List(string reason, string group, params string[] names) =>
        names.Select(name => ((group, name), reason));
}
