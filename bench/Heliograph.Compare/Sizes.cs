namespace Heliograph.Compare;

/// <summary>
/// How much work a round gives each proxy. Process times are counted in ticks of 10 ms, so a size is right if it costs a second of
/// CPU.
/// </summary>
internal sealed record Sizes
{
    public required long BulkBytes { get; init; }

    public required int Handshakes { get; init; }

    public required int RoundTrips { get; init; }

    public required int IdleConnections { get; init; }

    public static Sizes Full { get; } =
        new() { BulkBytes = 4_000_000_000, Handshakes = 4_000, RoundTrips = 10_000, IdleConnections = 5_000 };

    public static Sizes Quick { get; } =
        new() { BulkBytes = 1_000_000_000, Handshakes = 1_000, RoundTrips = 5_000, IdleConnections = 2_000 };

    public static Sizes Smoke { get; } = new() { BulkBytes = 20_000_000, Handshakes = 20, RoundTrips = 100, IdleConnections = 20 };

    /// <summary>
    /// The unmeasured work of each proxy before the first round, so that no round pays for just-in-time compilation or the first
    /// access to a page.
    /// </summary>
    public Sizes WarmUp() => new()
    {
        BulkBytes = BulkBytes / 20,
        Handshakes = Math.Max(Handshakes / 10, 10),
        RoundTrips = Math.Max(RoundTrips / 10, 10),
        IdleConnections = 0,
    };
}
