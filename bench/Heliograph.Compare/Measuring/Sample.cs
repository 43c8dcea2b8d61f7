namespace Heliograph.Compare.Measuring;

/// <summary>One measurement of one figure of one proxy in one round.</summary>
internal sealed record Sample
{
    public required int Round { get; init; }

    public required string Peer { get; init; }

    public required string Figure { get; init; }

    /// <summary>In the unit of the figure.</summary>
    public required double Value { get; init; }

    /// <summary>The elapsed time. Together with the CPU time, it shows how busy the proxy's core was.</summary>
    public required double WallSeconds { get; init; }

    /// <summary>The CPU time of the load and the upstream on the other core.</summary>
    public required double LoadCpuSeconds { get; init; }
}
