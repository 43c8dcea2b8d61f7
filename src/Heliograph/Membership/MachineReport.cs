using System.Text.Json.Serialization;

namespace Heliograph.Membership;

/// <summary>What a machine of the fleet says of itself, rounded as in <c>status</c>.</summary>
internal sealed record MachineReport
{
    public required string Version { get; init; }

    /// <summary>Rounded up to a multiple of 8.</summary>
    public required long Connections { get; init; }

    /// <summary>Since it started, both ways; rounded up to whole megabytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Of the certificate in use; null: there is none yet.</summary>
    public DateTimeOffset? CertificateUntil { get; init; }

    /// <summary>Of the certificate in use, so that it can be seen whether all machines have the same.</summary>
    public string? CertificateSerial { get; init; }

    /// <summary>Its public addresses, for names that are to lead to it; empty: it sees none, as behind a router that translates.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
}

/// <summary>The fleet as one machine sees it.</summary>
/// <param name="Node">That machine.</param>
/// <param name="Machines">All that were invited, and all that report.</param>
internal sealed record FleetReport(string Node, IReadOnlyList<FleetMachine> Machines);

/// <param name="Name">The machine.</param>
/// <param name="Report">Null: it has not been heard for a minute.</param>
internal sealed record FleetMachine(string Name, MachineReport? Report)
{
    public bool IsUp => Report is not null;
}

/// <summary>The names of all machines that were invited.</summary>
internal sealed record Roster(IReadOnlyList<string> Machines);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(MachineReport))]
[JsonSerializable(typeof(FleetReport))]
[JsonSerializable(typeof(Roster))]
[JsonSerializable(typeof(NameList))]
internal sealed partial class FleetJson : JsonSerializerContext;
