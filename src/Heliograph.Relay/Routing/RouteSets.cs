namespace Heliograph.Relay.Routing;

/// <summary>The built-in sets: the hosts that Signal's clients ask a proxy for.</summary>
/// <remarks>Signal-TLS-Proxy cf152e8 and libsignal's env.rs; some of the older names no longer resolve, which harms nothing.</remarks>
public static class RouteSets
{
    /// <summary>The sets' names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["signal", "signal-staging"];

    /// <summary>Inner name to the host that is dialled, on port 443.</summary>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    public static IEnumerable<KeyValuePair<string, string>> Find(string set) => set switch
    {
        "signal" => Signal,
        "signal-staging" => Staging,
        _ => throw new ArgumentException($"there is no route set '{set}'; the sets are: {string.Join(", ", Names)}", nameof(set)),
    };

    /// <summary>The names that today's clients ask for: the set without those of 2022.</summary>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    public static IEnumerable<string> GetCurrentNames(string set) =>
        (set == "signal" ? CurrentSignal : Find(set)).Select(static route => route.Key);

    private static readonly KeyValuePair<string, string>[] CurrentSignal =
    [
        // The chat host of libsignal 0.98 and later, and the one before.
        Itself("grpc.chat.signal.org"),
        Itself("chat.signal.org"),
        Itself("storage.signal.org"),
        Itself("cdn.signal.org"),
        Itself("cdn2.signal.org"),
        Itself("cdn3.signal.org"),
        Itself("cdsi.signal.org"),
        Itself("contentproxy.signal.org"),
        Itself("sfu.voip.signal.org"),
        Itself("svr2.signal.org"),
        Itself("svrb.signal.org"),
        Itself("updates.signal.org"),
        Itself("updates2.signal.org"),
    ];

    private static readonly KeyValuePair<string, string>[] Signal =
    [
        .. CurrentSignal,
        // Names that clients of 2022 asked for.
        new("ud-chat.signal.org", "chat.signal.org"),
        new("textsecure-service.whispersystems.org", "chat.signal.org"),
        Itself("api.directory.signal.org"),
        Itself("uptime.signal.org"),
        Itself("api.backup.signal.org"),
    ];

    private static readonly KeyValuePair<string, string>[] Staging =
    [
        Itself("grpc.chat.staging.signal.org"),
        Itself("chat.staging.signal.org"),
        Itself("storage-staging.signal.org"),
        Itself("cdn-staging.signal.org"),
        Itself("cdn2-staging.signal.org"),
        Itself("cdn3-staging.signal.org"),
        Itself("cdsi.staging.signal.org"),
        Itself("sfu.staging.voip.signal.org"),
        Itself("svr2.staging.signal.org"),
        Itself("svrb.staging.signal.org"),
        Itself("contentproxy.signal.org"),
        Itself("updates.signal.org"),
        Itself("updates2.signal.org"),
    ];

    private static KeyValuePair<string, string> Itself(string name) => new(name, name);
}
