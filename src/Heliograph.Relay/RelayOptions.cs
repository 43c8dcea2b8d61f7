using System.Net;
using Heliograph.Relay.Routing;

namespace Heliograph.Relay;

/// <summary>What a <see cref="RelayServer"/> is started with.</summary>
public sealed record RelayOptions
{
    /// <summary>Where clients connect. Port 0 lets the system pick one.</summary>
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    public required RouteTable Routes { get; init; }

    public required DecoyEndpoints Decoy { get; init; }

    public RelayLimits Limits { get; init; } = new();

    /// <summary>Event loops, each with a thread of its own; one for each processor.</summary>
    public int Loops { get; init; } = Environment.ProcessorCount;
}
