namespace Heliograph.Configuration;

/// <summary>The keys of <c>limits</c>: how many and how fast, how much in a month, and how long anything may take.</summary>
internal static class LimitKeys
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>Below the slowest not even a handshake gets through in time; above the fastest there is no such line.</summary>
    private const long SlowestRate = 10_000, FastestRate = 100_000_000_000;

    private const long SmallestBudget = 100_000_000, LargestBudget = 1_000_000_000_000_000_000;

    private const int MostHandshakes = 100_000;

    public static readonly ConfigurationKey MaxConnections = Sections.Limits.Key(
        "max_connections", Kinds.ConnectionsOrAuto(),
        static limits => limits.MaxConnections, static (limits, value) => limits with { MaxConnections = value },
        "How many connections may be open at a time. auto: as many as memory and file descriptors allow.",
        OnReload.TakesEffect, new("--max-connections", "N"), example: "2000");

    public static readonly ConfigurationKey ConnectionsPerSource = Sections.Limits.Key(
        "max_connections_per_source", Kinds.ConnectionsOrAutoOrOff(),
        static limits => limits.ConnectionsPerSource, static (limits, value) => limits with { ConnectionsPerSource = value },
        "How many connections may be open at a time from one IPv4 address or one /64 of IPv6.",
        OnReload.TakesEffect, example: "1000");

    public static readonly ConfigurationKey HandshakesPerSecond = Sections.Relay.Key(
        "handshakes_per_second", Kinds.NumberOrOff(MostHandshakes),
        static limits => limits.HandshakesPerSecond, static (limits, value) => limits with { HandshakesPerSecond = value },
        "New TLS handshakes per second, of all clients together.",
        OnReload.TakesEffect, example: "150");

    public static readonly ConfigurationKey BytesPerSecond = Sections.Relay.Key(
        "bytes_per_second", Kinds.RateOrOff(SlowestRate, FastestRate),
        static limits => limits.BytesPerSecond, static (limits, value) => limits with { BytesPerSecond = value },
        "What is relayed per second, all connections and both directions together.",
        OnReload.TakesEffect, example: "60Mbit");

    public static readonly ConfigurationKey MonthlyBytes = Sections.Budget.Key(
        "monthly_bytes", Kinds.SizeOrOff(SmallestBudget, LargestBudget),
        static budget => budget.MonthlyBytes, static (budget, value) => budget with { MonthlyBytes = value },
        "The month's traffic, in and out. A relayed byte counts twice.",
        example: "900GB");

    public static readonly ConfigurationKey MonthlyResetDay = Sections.Budget.Key(
        "monthly_reset_day", Kinds.DayOfMonth(),
        static budget => budget.ResetDay, static (budget, value) => budget with { ResetDay = value },
        "The day on which a month begins, at 00:00 UTC.",
        example: "12", countsIf: static budget => budget.IsLimited);

    public static readonly ConfigurationKey WhenLow = Sections.Budget.Key(
        "when_low", Kinds.OneOf(Words.WhenLow),
        static budget => budget.SlowsWhenLow, static (budget, value) => budget with { SlowsWhenLow = value },
        "What happens once 80 % of the month's traffic is used: a warning only, or slow relaying too.",
        example: "slow", countsIf: static budget => budget.IsLimited);

    public static readonly ConfigurationKey WhenSpent = Sections.Budget.Key(
        "when_spent", Kinds.OneOf(Words.WhenSpent),
        static budget => budget.SlowsWhenSpent, static (budget, value) => budget with { SlowsWhenSpent = value },
        "What happens once all of the month's traffic is used: relay nothing until the next month, or relay slowly.",
        example: "slow", countsIf: static budget => budget.IsLimited);

    public static readonly ConfigurationKey SlowBytesPerSecond = Sections.Budget.Key(
        "slow_bytes_per_second", Kinds.Rate(SlowestRate, FastestRate),
        static budget => budget.SlowBytesPerSecond, static (budget, value) => budget with { SlowBytesPerSecond = value },
        "The rate of slow relaying, for all connections together.",
        example: "1Mbit", countsIf: static budget => budget.IsLimited);

    public static readonly ConfigurationKey HandshakeTimeout = Sections.Relay.Key(
        "handshake_timeout", Kinds.Duration(Shortest, Longest),
        static limits => limits.HandshakeTimeout, static (limits, value) => limits with { HandshakeTimeout = value },
        "The time from accepting a connection to the end of the outer TLS handshake.",
        OnReload.TakesEffect);

    public static readonly ConfigurationKey HelloTimeout = Sections.Relay.Key(
        "hello_timeout", Kinds.Duration(Shortest, Longest),
        static limits => limits.HelloTimeout, static (limits, value) => limits with { HelloTimeout = value },
        "The time from the end of the outer TLS handshake to a complete inner ClientHello; with the handshake, at most the longer of the " +
        "two.",
        OnReload.TakesEffect);

    public static readonly ConfigurationKey ConnectTimeout = Sections.Relay.Key(
        "connect_timeout", Kinds.Duration(Shortest, Longest),
        static limits => limits.ConnectTimeout, static (limits, value) => limits with { ConnectTimeout = value },
        "The time to resolve an upstream's name, and again to connect to it.",
        OnReload.TakesEffect);

    public static readonly ConfigurationKey IdleTimeout = Sections.Relay.Key(
        "idle_timeout", Kinds.Duration(Shortest, Longest),
        static limits => limits.IdleTimeout, static (limits, value) => limits with { IdleTimeout = value },
        "A connection is closed after this time without a byte in either direction. Signal's apps send something every 31 s.",
        OnReload.TakesEffect, example: "5m");

    public static readonly ConfigurationKey DrainTimeout = Sections.Limits.Key(
        "drain_timeout", Kinds.Duration(TimeSpan.Zero, Longest),
        static limits => limits.DrainTimeout, static (limits, value) => limits with { DrainTimeout = value },
        "How long open connections may continue after SIGTERM.",
        OnReload.TakesEffect, new("--drain-timeout", "DURATION"), example: "2m");

    public static readonly ConfigurationKey HandoverTimeout = Sections.Limits.Key(
        "handover_timeout", Kinds.Duration(TimeSpan.Zero, Longest),
        static limits => limits.HandoverTimeout, static (limits, value) => limits with { HandoverTimeout = value },
        "How long open connections may continue once a client waits for the next process. "
        + "It counts only where systemd holds the listening sockets.",
        OnReload.TakesEffect);

    /// <summary>In the order in which they are documented and shown.</summary>
    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        MaxConnections, ConnectionsPerSource, HandshakesPerSecond, BytesPerSecond,
        MonthlyBytes, MonthlyResetDay, WhenLow, WhenSpent, SlowBytesPerSecond,
        HandshakeTimeout, HelloTimeout, ConnectTimeout, IdleTimeout, DrainTimeout, HandoverTimeout,
    ];
}
