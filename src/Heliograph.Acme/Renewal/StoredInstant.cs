namespace Heliograph.Acme.Renewal;

/// <summary>When something was stored, by the clock of that time.</summary>
internal static class StoredInstant
{
    // A time server steps the clock by less.
    private static readonly TimeSpan ClockStep = TimeSpan.FromMinutes(1);

    // Of two machines the clocks are further apart than one steps: not every provider's image asks a time server.
    private static readonly TimeSpan BetweenMachines = TimeSpan.FromMinutes(10);

    /// <summary>It lies in the future: the clock was ahead, and what was reckoned from it says nothing.</summary>
    /// <param name="stored">When it was stored.</param>
    /// <param name="now">The time here.</param>
    /// <param name="isShared">Another machine may have stored it, by its own clock.</param>
    public static bool IsAhead(DateTimeOffset? stored, DateTimeOffset now, bool isShared) =>
        stored - now > (isShared ? BetweenMachines : ClockStep);
}
