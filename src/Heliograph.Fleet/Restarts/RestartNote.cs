using System.Text.Json.Serialization;

namespace Heliograph.Fleet.Restarts;

/// <summary>How far a machine is that was asked to restart.</summary>
public enum RestartState
{
    /// <summary>It was asked, and has not said anything yet.</summary>
    Asked,

    /// <summary>It goes on as it is; <see cref="RestartNote.Problem"/> says why.</summary>
    Refused,

    /// <summary>It accepts no more connections, and ends once those that it has are done.</summary>
    Draining,

    /// <summary>It serves again.</summary>
    Up,
}

/// <summary>What the one who asks and the machine that is asked tell each other.</summary>
public sealed record RestartNote
{
    /// <summary>Of this request, and no other.</summary>
    public required string Id { get; init; }

    public required RestartState State { get; init; }

    /// <summary>Why it does not restart.</summary>
    public string? Problem { get; init; }

    /// <summary>How long the drain and the start may take: as long nobody else restarts.</summary>
    public int Seconds { get; init; }
}

/// <summary>The turn of a machine, which outlives its process: kept in a file, and given back by the next process.</summary>
/// <param name="Id">The request.</param>
/// <param name="Lease">Of the turn.</param>
public sealed record RestartTurn(string Id, long Lease);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(RestartNote))]
internal sealed partial class RestartJson : JsonSerializerContext;
