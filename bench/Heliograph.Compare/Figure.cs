namespace Heliograph.Compare;

/// <summary>One row of the table: what is measured, in which unit, and how far below its peers heliograph must stay.</summary>
internal sealed record Figure
{
    /// <summary>The name in <c>--only</c> and in the JSON file.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>How a value is written in the table.</summary>
    public required string Format { get; init; }

    public required double BarToNginx { get; init; }

    public required double BarToHaProxy { get; init; }

    public static Figure Down { get; } = new()
    {
        Name = "down",
        Title = "CPU s per GB down",
        Format = "0.000",
        BarToNginx = 0.50,
        BarToHaProxy = 0.75,
    };

    public static Figure Up { get; } = new()
    {
        Name = "up",
        Title = "CPU s per GB up",
        Format = "0.000",
        BarToNginx = 0.50,
        BarToHaProxy = 0.75,
    };

    public static Figure Handshakes { get; } = new()
    {
        Name = "handshakes",
        Title = "CPU s per 1,000 full handshakes + hello + one byte back",
        Format = "0.000",
        BarToNginx = 0.90,
        BarToHaProxy = 0.90,
    };

    public static Figure RoundTrips { get; } = new()
    {
        Name = "round-trips",
        Title = "CPU s per 10,000 round trips of 200 B",
        Format = "0.000",
        BarToNginx = 0.85,
        BarToHaProxy = 0.85,
    };

    public static Figure Idle { get; } = new()
    {
        Name = "idle",
        Title = "bytes (PSS) per idle connection",
        Format = "#,0",
        BarToNginx = 0.30,
        BarToHaProxy = 0.95,
    };

    /// <summary>All rows, in the order of the table.</summary>
    public static IReadOnlyList<Figure> All { get; } = [Down, Up, Handshakes, RoundTrips, Idle];

    public override string ToString() => Name;
}
