namespace Heliograph.Relay.Diagnostics;

/// <summary>
/// The limits in effect, and what waits because of them. What was refused is among the <see cref="RelayStatistics.Outcomes"/>.
/// </summary>
public sealed record LimitStatistics
{
    /// <summary>Of one IPv4 address or /64; 0: no limit.</summary>
    public required int ConnectionsPerSource { get; init; }

    /// <summary>0: no limit.</summary>
    public required int HandshakesPerSecond { get; init; }

    /// <summary>
    /// The limit in effect: <c>limits.bytes_per_second</c>, or less where the month's budget has slowed the relay; 0: no limit.
    /// </summary>
    public required long BytesPerSecond { get; init; }

    /// <summary>Directions of connections that wait for their share of it.</summary>
    public required int WaitingForBytes { get; init; }

    /// <summary>Whether nothing is relayed until the month's budget resets.</summary>
    public required bool IsBudgetSpent { get; init; }
}
