namespace Heliograph.Acme.Renewal;

/// <summary>When something was stored, by the clock of that time.</summary>
internal static class StoredInstant
{
    // A time server steps the clock by less.
    private static readonly TimeSpan ClockStep = TimeSpan.FromMinutes(1);

    /// <summary>It lies in the future: the clock was ahead, and what was reckoned from it says nothing.</summary>
    public static bool IsAhead(DateTimeOffset? stored, DateTimeOffset now) => stored - now > ClockStep;
}
