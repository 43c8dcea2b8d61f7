namespace Heliograph.Hosting.Systemd;

/// <summary>The line that <c>systemctl status</c> shows. Sums only: nothing in it is about one connection.</summary>
internal static class StatusText
{
    /// <param name="connections">How many are open.</param>
    /// <param name="notAfter">Of the certificate; null while there is none but the stand-in.</param>
    /// <param name="now">The time.</param>
    /// <param name="refused">Whether the configuration was refused when it was read last.</param>
    public static string Running(int connections, DateTimeOffset? notAfter, DateTimeOffset now, bool refused) =>
        $"{Count(connections)}; {Certificate(notAfter, now)}{(refused ? "; the new configuration was refused, see the log" : "")}";

    public static string Draining(int connections) => $"draining, {Count(connections)} left";

    private static string Count(int connections) => connections == 1 ? "1 connection" : $"{connections} connections";

    private static string Certificate(DateTimeOffset? notAfter, DateTimeOffset now) => (notAfter - now) switch
    {
        null => "no certificate yet",
        { Ticks: < 0 } => "the certificate has expired",
        { TotalDays: >= 2 } left => $"certificate good for {(int)left.TotalDays} days",
        { TotalHours: >= 2 } left => $"certificate good for {(int)left.TotalHours} hours",
        _ => "certificate good for less than 2 hours",
    };
}
