namespace Heliograph.Relay.Diagnostics;

/// <summary>The sums of the whole relay since its start.</summary>
public sealed record RelayStatistics
{
    /// <summary>The key under which denied names are counted once too many different ones were seen.</summary>
    public const string OtherNames = "(other names)";

    public required int Connections { get; init; }

    public required IReadOnlyDictionary<ConnectionOutcome, long> Outcomes { get; init; }

    /// <summary>Bytes relayed from clients.</summary>
    public required long BytesUp { get; init; }

    /// <summary>Bytes relayed to clients.</summary>
    public required long BytesDown { get; init; }

    /// <summary>Inner names under <c>signal.org</c> that are not routed, and how often they were asked for.</summary>
    public required IReadOnlyDictionary<string, long> DeniedSignalNames { get; init; }
}
