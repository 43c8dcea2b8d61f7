using Heliograph.Relay.Diagnostics;

namespace Heliograph.Tests;

/// <summary>Made-up relay statistics.</summary>
internal static class FakeRelay
{
    public static RelayStatistics Statistics(params (string Endpoint, long Connected, int FailuresInARow)[] upstreams) => new()
    {
        Uptime = TimeSpan.Zero,
        Connections = 0,
        MostConnections = 0,
        MaxConnections = 1,
        Accepted = 0,
        Outcomes = new Dictionary<ConnectionOutcome, long>(),
        Relayed = 0,
        Relaying = 0,
        Routes =
        [
            .. upstreams.Select(static one => new RouteStatistics
            {
                Name = one.Endpoint.Split(':')[0],
                Endpoint = one.Endpoint,
                Connections = one.Connected,
                Open = 0,
            }),
        ],
        Upstreams =
        [
            .. upstreams.Select(static one => new UpstreamStatistics
            {
                Endpoint = one.Endpoint,
                DialTimes = new() { Buckets = [one.Connected], Sum = TimeSpan.Zero },
                Failures = new Dictionary<DialFailure, long>(),
                FailuresInARow = one.FailuresInARow,
            }),
        ],
        BytesUp = 0,
        BytesDown = 0,
        BytesVisited = 0,
        OwnBytesRelayed = 0,
        OwnBytesVisited = 0,
        Decoy = DecoyState.Served,
        DeniedSignalNames = new Dictionary<string, long>(StringComparer.Ordinal),
        Limits = new()
        {
            ConnectionsPerSource = 0,
            HandshakesPerSecond = 0,
            BytesPerSecond = 0,
            WaitingForBytes = 0,
            IsBudgetSpent = false,
        },
    };
}
