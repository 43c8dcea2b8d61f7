namespace Heliograph.Compare;

/// <summary>How much work a round gives each proxy: a size is right if it costs a second of CPU, or, for messages, a twentieth.</summary>
internal sealed record Sizes
{
    public required long BulkBytes { get; init; }

    public required int Handshakes { get; init; }

    public required int RoundTrips { get; init; }

    public required int MessageConnections { get; init; }

    public required int MessageSeconds { get; init; }

    public required double LatencySeconds { get; init; }

    public required int IdleConnections { get; init; }

    public static Sizes Full { get; } = new()
    {
        BulkBytes = 4_000_000_000,
        Handshakes = 4_000,
        RoundTrips = 10_000,
        MessageConnections = 1_000,
        MessageSeconds = 20,
        LatencySeconds = 10,
        IdleConnections = 5_000,
    };

    public static Sizes Quick { get; } = new()
    {
        BulkBytes = 1_000_000_000,
        Handshakes = 1_000,
        RoundTrips = 5_000,
        MessageConnections = 1_000,
        MessageSeconds = 5,
        LatencySeconds = 3,
        IdleConnections = 2_000,
    };

    public static Sizes Smoke { get; } = new()
    {
        BulkBytes = 20_000_000,
        Handshakes = 20,
        RoundTrips = 100,
        MessageConnections = 50,
        MessageSeconds = 1,
        LatencySeconds = 0.2,
        IdleConnections = 20,
    };

    /// <summary>The most connections at a time.</summary>
    public int MostConnections => Math.Max(MessageConnections, IdleConnections);

    /// <summary>
    /// The unmeasured work of each proxy before the first round, so that no round pays for just-in-time compilation or the first
    /// access to a page.
    /// </summary>
    public Sizes WarmUp() => this with
    {
        BulkBytes = BulkBytes / 20,
        Handshakes = Math.Max(Handshakes / 10, 10),
        RoundTrips = Math.Max(RoundTrips / 10, 10),
        MessageConnections = Math.Max(MessageConnections / 10, 10),
        MessageSeconds = 1,
    };
}
