namespace Heliograph.Compare.Measuring;

/// <summary>One measurement of one figure of one proxy in one round.</summary>
internal sealed record Sample
{
    public required int Round { get; init; }

    public required string Peer { get; init; }

    public required string Figure { get; init; }

    /// <summary>In the unit of the figure.</summary>
    public required double Value { get; init; }

    /// <summary>How long the clock on the wall ran. Beside the CPU time it tells how busy the proxy's core was.</summary>
    public required double WallSeconds { get; init; }

    /// <summary>What the load and the upstream took on the other core.</summary>
    public required double LoadCpuSeconds { get; init; }
}
