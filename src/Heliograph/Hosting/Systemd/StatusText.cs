using Heliograph.Relay.Diagnostics;

namespace Heliograph.Hosting.Systemd;

/// <summary>The line that <c>systemctl status</c> shows. It contains only totals, nothing about one connection.</summary>
internal static class StatusText
{
    /// <param name="connections">How many are open.</param>
    /// <param name="notAfter">When the certificate expires; null while only the temporary one is served.</param>
    /// <param name="now">The current time.</param>
    /// <param name="rejected">Whether the last reload was rejected.</param>
    public static string Running(int connections, DateTimeOffset? notAfter, DateTimeOffset now, bool rejected) =>
        $"{Count(connections)}; {Certificate(notAfter, now)}{(rejected ? "; the new configuration was rejected, see the log" : "")}";

    public static string Draining(int connections) => $"draining, {Count(connections)} left";

    /// <summary>Every user of the machine can read the status, so the count is as coarse as in the log.</summary>
    private static string Count(int connections) => $"{RoundedCount.Describe(connections)} connections";

    private static string Certificate(DateTimeOffset? notAfter, DateTimeOffset now) => (notAfter - now) switch
    {
        null => "no certificate yet",
        { Ticks: < 0 } => "the certificate has expired",
        { TotalDays: >= 2 } left => $"certificate valid for {(int)left.TotalDays} days",
        { TotalHours: >= 2 } left => $"certificate valid for {(int)left.TotalHours} hours",
        _ => "certificate valid for less than 2 hours",
    };
}
