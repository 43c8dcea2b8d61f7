namespace Heliograph.Relay.Diagnostics;

/// <summary>
/// The sums of the whole relay since its start, exact: what leaves the process goes through <see cref="RoundedCount"/>, or is a counter
/// whose reader needs the difference of two readings. Connections that the proxy opens to itself are left out of all but
/// <see cref="Upstreams"/>, which say whether those can be reached, whoever asks.
/// </summary>
public sealed record RelayStatistics
{
    /// <summary>The key for all further denied names once too many different ones were seen.</summary>
    public const string OtherNames = "(other names)";

    public required TimeSpan Uptime { get; init; }

    /// <summary>Connections open now, relayed or not.</summary>
    public required int Connections { get; init; }

    /// <summary>The most that were ever open at a time.</summary>
    public required int MostConnections { get; init; }

    /// <summary>More are refused.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Connections since the start, the open ones and the refused ones included.</summary>
    public required long Accepted { get; init; }

    /// <summary>How the connections that have ended did so.</summary>
    public required IReadOnlyDictionary<ConnectionOutcome, long> Outcomes { get; init; }

    /// <summary>Connections that were relayed to a route, the open ones included.</summary>
    public required long Relayed { get; init; }

    /// <summary>Of <see cref="Connections"/>, those that are relayed to a route.</summary>
    public required int Relaying { get; init; }

    /// <summary>Every route of the table, and the hosts that were found under a zone.</summary>
    public required IReadOnlyList<RouteStatistics> Routes { get; init; }

    /// <summary>Every endpoint of the table's routes, and the upstream proxy before them where there is one.</summary>
    public required IReadOnlyList<UpstreamStatistics> Upstreams { get; init; }

    /// <summary>Bytes relayed from clients to routes, as they flow.</summary>
    public required long BytesUp { get; init; }

    /// <summary>Bytes relayed from routes to clients, as they flow.</summary>
    public required long BytesDown { get; init; }

    /// <summary>Bytes to and from everybody else: visitors of the decoy.</summary>
    public required long BytesVisited { get; init; }

    /// <summary>Bytes of the proxy's own connections to itself that were relayed, both ways. They cost as much as others.</summary>
    public required long OwnBytesRelayed { get; init; }

    /// <summary>Bytes of the proxy's own connections to itself that were not relayed, both ways.</summary>
    public required long OwnBytesVisited { get; init; }

    /// <summary>What the decoy's last visitor got.</summary>
    public required DecoyState Decoy { get; init; }

    /// <summary>Inner names under <c>signal.org</c> that are not routed, and how often they were asked for.</summary>
    public required IReadOnlyDictionary<string, long> DeniedSignalNames { get; init; }

    /// <summary>
    /// The hosts that were found under a zone and are relayed; of <see cref="Routes"/>, but not of <see cref="Upstreams"/>: anybody can
    /// have any host under the zone looked for, and one that is down is no trouble of the operator's.
    /// </summary>
    public IReadOnlyList<string> FoundHosts { get; init; } = [];

    /// <summary>Of <see cref="DeniedSignalNames"/>, those that are denied still: whoever asks first for a host has it found.</summary>
    public IReadOnlyDictionary<string, long> NamesNotRelayed =>
        DeniedSignalNames.Where(name => !FoundHosts.Contains(name.Key, StringComparer.Ordinal)).ToDictionary(StringComparer.Ordinal);

    /// <summary>The version of the list that the sets of <see cref="Routes"/> are from.</summary>
    public long ListVersion { get; init; }

    /// <summary>Where DNS had an answer for a name that was made up, so that no host can be found there; null: it did not.</summary>
    public string? MadeUpNamesUnder { get; init; }

    public required LimitStatistics Limits { get; init; }
}

/// <summary>The relayed connections of one route.</summary>
public sealed record RouteStatistics
{
    /// <summary>The name in the operator's list, or one that was found under a zone, in lower case.</summary>
    public required string Name { get; init; }

    /// <summary>Where it leads; of <see cref="RelayStatistics.Upstreams"/>, where it is in the table.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Since the start, the open ones included.</summary>
    public required long Connections { get; init; }

    public required int Open { get; init; }
}

/// <summary>The dials of one endpoint.</summary>
public sealed record UpstreamStatistics
{
    public required string Endpoint { get; init; }

    public required DialTimes DialTimes { get; init; }

    public required IReadOnlyDictionary<DialFailure, long> Failures { get; init; }

    /// <summary>Failures since the last success.</summary>
    public required int FailuresInARow { get; init; }

    /// <summary>
    /// Whether it is the upstream proxy, through which the others are dialled: what is wrong with it counts here, and not for each host.
    /// </summary>
    public bool IsProxy { get; init; }

    /// <summary>Null: there was none.</summary>
    public DialFailure? LastFailure { get; init; }

    /// <summary>The last failure in words that follow the endpoint, where an upstream proxy was asked; null: there are none.</summary>
    public string? Problem { get; init; }
}
