using System.Text.Json.Serialization;
using Heliograph.Access;
using Heliograph.Certificates;
using Heliograph.Status;

namespace Heliograph.Control;

/// <summary>A request to the running server: one line of JSON.</summary>
internal sealed record ControlRequest
{
    public required string Command { get; init; }

    /// <summary>For <c>certificate-renew</c>: renew even if it is not due.</summary>
    public bool Force { get; init; }

    /// <summary>For <c>certificate-renew</c>: order also while the fleet cannot be asked.</summary>
    public bool Alone { get; init; }

    /// <summary>For <c>certificate-revoke</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>For <c>own-connection</c>: SHA-256 of its first bytes, in hexadecimal.</summary>
    public string? Flight { get; init; }

    /// <summary>For <c>own-connection</c>: it reaches Signal's hosts whatever its outer name.</summary>
    public bool Opens { get; init; }

    /// <summary>For <c>link-new</c>, <c>link-revoke</c> and <c>link-rotate</c>.</summary>
    public string? Group { get; init; }

    /// <summary>For <c>link-new</c>: how long the group's names work; null: until they are revoked.</summary>
    public TimeSpan? Expires { get; init; }

    /// <summary>For <c>link-new</c>: connections at a time; 0: no limit.</summary>
    public int Limit { get; init; }

    /// <summary>For <c>link-rotate</c>: how long the names before still work.</summary>
    public TimeSpan Grace { get; init; }
}

/// <summary>The response: one line of JSON, after which the connection ends. Each command adds a member of its own.</summary>
internal sealed record ControlResponse
{
    public required bool Ok { get; init; }

    /// <summary>One sentence for the operator.</summary>
    public string? Message { get; init; }

    /// <summary>Set by <c>certificate-show</c>.</summary>
    public CertificateReport? Certificate { get; init; }

    /// <summary>Set by <c>status</c>.</summary>
    public StatusReport? Status { get; init; }

    /// <summary>Set by <c>listening</c>: addresses with their ports.</summary>
    public IReadOnlyList<string>? Listening { get; init; }

    /// <summary>Set by <c>link-new</c>, <c>link-list</c> and <c>link-rotate</c>.</summary>
    public IReadOnlyList<GroupReport>? Groups { get; init; }

    public static ControlResponse Done(string message) => new() { Ok = true, Message = message };

    public static ControlResponse Failed(string message) => new() { Ok = false, Message = message };
}

/// <summary>Runs one command.</summary>
internal delegate Task<ControlResponse> ControlCommand(ControlRequest request, CancellationToken cancellationToken);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlResponse))]
internal sealed partial class ControlJson : JsonSerializerContext;
