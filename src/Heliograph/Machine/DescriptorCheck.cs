using Heliograph.Configuration;
using Heliograph.Relay.Limits;

namespace Heliograph.Machine;

/// <summary>Checks how many connections the file descriptors of a process are enough for.</summary>
internal static class DescriptorCheck
{
    public const string Name = "descriptors";

    /// <summary>A proxy shared among friends has tens of connections, a public one some thousands.</summary>
    private const int EnoughConnections = 1000;

    public static Finding Run(LimitSettings limits) => Evaluate(ProcessSetup.HardFileLimit(), limits.MaxConnections);

    /// <param name="descriptors">The hard limit, to which the server raises its own.</param>
    /// <param name="wanted"><c>limits.max_connections</c>; null: auto.</param>
    public static Finding Evaluate(long descriptors, int? wanted)
    {
        if (descriptors < ResourceLimits.LeastDescriptors)
            return new(Name, Severity.Failure, ResourceLimits.DescribeDescriptors(descriptors));
        var connections = ConnectionLimit.Derive(descriptors, long.MaxValue);
        var seen = $"{descriptors}, enough for {connections} connections at once";
        const string remedy = "Raise the limit: LimitNOFILE=65536 in the service's unit, or \"ulimit -Hn 65536\" as root before the start.";
        if (connections < wanted)
            return new(Name, Severity.Warning, $"{seen}, but limits.max_connections is {wanted}", remedy);
        return wanted is null && connections < EnoughConnections ? new(Name, Severity.Warning, seen, remedy) : new(Name, Severity.Ok, seen);
    }
}
