namespace Heliograph.Acme.Renewal;

/// <summary>How long to wait after a failure: 1, 10, 100 minutes, then a day; sooner when the certificate is about to expire.</summary>
internal static class Backoff
{
    /// <summary>No failure postpones the next attempt longer: more than this in a file is from a time when the clock was wrong.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(1.5);

    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(100),
        TimeSpan.FromDays(1),
    ];

    // Let's Encrypt allows five failed validations an hour: one an hour leaves room for people to try things.
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);

    /// <param name="failures">In a row, including this one.</param>
    /// <param name="remaining">Until the certificate in use expires; negative or null when there is none.</param>
    /// <param name="random">From 0 to 1, for half to one and a half times the wait: installations must not all return at once.</param>
    public static TimeSpan After(int failures, TimeSpan? remaining, double random)
    {
        var step = Steps[Math.Clamp(failures - 1, 0, Steps.Length - 1)];
        var tight = (remaining ?? TimeSpan.Zero) / 8;
        if (tight < Shortest)
            tight = Shortest;
        return (step < tight ? step : tight) * (0.5 + random);
    }
}
