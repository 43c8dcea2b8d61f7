namespace Heliograph.Compare;

/// <summary>One row of the table: what is measured, in which unit, and how far below its peers heliograph must stay.</summary>
internal sealed record Figure
{
    /// <summary>The name in <c>--only</c> and in the JSON file.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>How a value is written in the table.</summary>
    public required string Format { get; init; }

    /// <summary>At most this fraction of the peer's value.</summary>
    public double? BarToNginx { get; init; }

    public double? BarToHaProxy { get; init; }

    public double? BarToCRelay { get; init; }

    /// <summary>At most this, whatever the peers need.</summary>
    public double? Bar { get; init; }

    /// <summary>
    /// The value of a run is the median of its rounds, because noise can make a difference of two measurements smaller too. Otherwise it is
    /// the smallest: noise can only add to what is counted.
    /// </summary>
    public bool IsDifference { get; init; }

    public static Figure Down { get; } = new()
    {
        Name = "down",
        Title = "CPU s per GB down",
        Format = "0.000",
        BarToNginx = 0.42,
        BarToHaProxy = 0.55,
    };

    public static Figure Up { get; } = new()
    {
        Name = "up",
        Title = "CPU s per GB up",
        Format = "0.000",
        BarToNginx = 0.42,
        BarToHaProxy = 0.55,
    };

    public static Figure Handshakes { get; } = new()
    {
        Name = "handshakes",
        Title = "CPU s per 1,000 full handshakes + hello + one byte back",
        Format = "0.000",
        BarToNginx = 0.60,
        BarToHaProxy = 0.70,
    };

    public static Figure RoundTrips { get; } = new()
    {
        Name = "round-trips",
        Title = "CPU s per 10,000 round trips of 200 B",
        Format = "0.000",
        BarToNginx = 0.50,
        BarToHaProxy = 0.80,
        BarToCRelay = 1.00,
    };

    public static Figure Messages { get; } = new()
    {
        Name = "messages",
        Title = "CPU s per 10,000 messages of 300 B, one in 5 s on each connection",
        Format = "0.000",
        BarToNginx = 0.60,
        BarToHaProxy = 0.80,
    };

    public static Figure LatencyMedian { get; } = new()
    {
        Name = "latency-p50",
        Title = "µs that a message takes longer than directly, p50",
        Format = "#,0.0",
        BarToNginx = 0.80,
        IsDifference = true,
    };

    public static Figure LatencyTail { get; } = new()
    {
        Name = "latency-p99",
        Title = "the same, p99",
        Format = "#,0.0",
        BarToNginx = 0.80,
        IsDifference = true,
    };

    public static Figure Idle { get; } = new()
    {
        Name = "idle",
        Title = "bytes (PSS) per idle connection",
        Format = "#,0",
        BarToNginx = 0.30,
        BarToHaProxy = 0.95,
        Bar = 2_500,
    };

    public static Figure IdleAll { get; } = new()
    {
        Name = "idle-all",
        Title = "the same with the kernel's memory",
        Format = "#,0",
        BarToCRelay = 1.00,
        Bar = 15_000,
        IsDifference = true,
    };

    public static Figure IdleNew { get; } = new()
    {
        Name = "idle-new",
        Title = "ms until a new connection is served beside them, the longest of 20",
        Format = "#,0.0",
        Bar = 1_000,
    };

    /// <summary>The work is counted in seconds of the processor.</summary>
    public static IReadOnlyList<Figure> Cpu { get; } = [Down, Up, Handshakes, RoundTrips, Messages];

    /// <summary>All rows, in the order of the table.</summary>
    public static IReadOnlyList<Figure> All { get; } = [.. Cpu, LatencyMedian, LatencyTail, Idle, IdleAll, IdleNew];

    /// <summary>
    /// The same row beside peers on another OpenSSL. From 3.5 on, as in Debian 13, encryption and handshakes cost them less, so there is
    /// less to gain.
    /// </summary>
    /// <param name="openSsl">Such as <c>3.0.19</c>; if it is no version, the bars stay as they are.</param>
    public Figure BesideOpenSsl(string openSsl) =>
        !Version.TryParse(openSsl, out var version) || version < new Version(3, 5) ? this
        : this == Down || this == Up ? this with { BarToNginx = 0.45, BarToHaProxy = 0.65 }
        : this == Handshakes ? this with { BarToNginx = 0.75, BarToHaProxy = 0.80 }
        : this;

    public double? BarTo(string peer) => peer switch
    {
        PeerNames.Nginx => BarToNginx,
        PeerNames.HaProxy => BarToHaProxy,
        _ => BarToCRelay,
    };

    public override string ToString() => Name;
}
