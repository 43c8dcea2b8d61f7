using Heliograph.Relay.Diagnostics;

namespace Heliograph.Status;

/// <summary>Counts by kind, as written in JSON.</summary>
internal static class RoundedCounts
{
    /// <summary>Only the kinds that occurred.</summary>
    public static IReadOnlyDictionary<string, long> Round<TKind>(IReadOnlyDictionary<TKind, long> counts)
        where TKind : struct, Enum =>
        counts
            .Where(static one => one.Value > 0)
            .OrderBy(static one => one.Key)
            .ToDictionary(static one => EnumWord<TKind>.For(one.Key), static one => RoundedCount.Up(one.Value), StringComparer.Ordinal);
}
