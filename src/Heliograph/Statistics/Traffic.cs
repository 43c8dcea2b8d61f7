using System.Runtime.InteropServices;
using Heliograph.Relay.Diagnostics;

namespace Heliograph.Statistics;

/// <summary>What was relayed to Signal's hosts in a period. Not for whom.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Traffic(long Connections, long BytesUp, long BytesDown)
{
    /// <summary>The only form that may leave the process's memory.</summary>
    public Traffic Rounded => new(RoundedCount.Up(Connections), RoundedCount.UpBytes(BytesUp), RoundedCount.UpBytes(BytesDown));

    public static Traffic operator +(Traffic a, Traffic b) =>
        new(a.Connections + b.Connections, a.BytesUp + b.BytesUp, a.BytesDown + b.BytesDown);

    public static Traffic operator -(Traffic a, Traffic b) =>
        new(a.Connections - b.Connections, a.BytesUp - b.BytesUp, a.BytesDown - b.BytesDown);

    public static Traffic FromStatistics(RelayStatistics statistics) => new(statistics.Relayed, statistics.BytesUp, statistics.BytesDown);
}
