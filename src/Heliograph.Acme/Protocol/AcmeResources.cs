using System.Text.Json;
using System.Text.Json.Serialization;

namespace Heliograph.Acme.Protocol;

// The objects of RFC 8555 section 7.1 and RFC 9773 section 4.2, as they arrive: every member may be missing.

internal sealed record DirectoryResource
{
    public string? NewNonce { get; init; }

    public string? NewAccount { get; init; }

    public string? NewOrder { get; init; }

    public string? RevokeCert { get; init; }

    public string? KeyChange { get; init; }

    public string? RenewalInfo { get; init; }

    public DirectoryMeta? Meta { get; init; }
}

internal sealed record DirectoryMeta
{
    public string? TermsOfService { get; init; }

    public bool ExternalAccountRequired { get; init; }

    public IReadOnlyList<string>? CaaIdentities { get; init => field = JsonItems.Present(value); }

    /// <summary>draft-ietf-acme-profiles: name to description.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Profiles { get; init; }
}

internal sealed record IdentifierResource
{
    public string? Type { get; init; }

    public string? Value { get; init; }
}

internal sealed record OrderResource
{
    public string? Status { get; init; }

    public IReadOnlyList<string>? Authorizations { get; init; }

    public string? Finalize { get; init; }

    public string? Certificate { get; init; }

    public Problem? Error { get; init; }
}

internal sealed record AuthorizationResource
{
    public string? Status { get; init; }

    public IdentifierResource? Identifier { get; init; }

    public bool Wildcard { get; init; }

    public IReadOnlyList<ChallengeResource>? Challenges { get; init => field = JsonItems.Present(value); }
}

internal sealed record ChallengeResource
{
    public string? Type { get; init; }

    public string? Url { get; init; }

    public string? Status { get; init; }

    public string? Token { get; init; }

    public Problem? Error { get; init; }
}

internal sealed record RenewalInfoResource
{
    public SuggestedWindow? SuggestedWindow { get; init; }

    [JsonPropertyName("explanationURL")]
    public string? ExplanationUrl { get; init; }
}

internal sealed record SuggestedWindow
{
    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }
}

/// <summary>RFC 7807 as RFC 8555 section 6.7 uses it.</summary>
internal sealed record Problem
{
    public string? Type { get; init; }

    public string? Detail { get; init; }

    public int Status { get; init; }

    public IdentifierResource? Identifier { get; init; }

    public IReadOnlyList<Problem>? Subproblems { get; init => field = JsonItems.Present(value); }

    private const string Prefix = "urn:ietf:params:acme:error:";

    /// <summary>The last part of the type, such as <c>badNonce</c>; empty if it is not an ACME type.</summary>
    [JsonIgnore]
    public string Kind => Type is { } type && type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..] : "";
}

internal static class JsonItems
{
    /// <summary>JSON lets a list have null among its items, whatever their type says. To ACME it means nothing there.</summary>
    public static IReadOnlyList<T>? Present<T>(IReadOnlyList<T?>? items)
        where T : class =>
        items is null ? null : [.. items.OfType<T>()];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DirectoryResource))]
[JsonSerializable(typeof(OrderResource))]
[JsonSerializable(typeof(AuthorizationResource))]
[JsonSerializable(typeof(ChallengeResource))]
[JsonSerializable(typeof(RenewalInfoResource))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class AcmeJson : JsonSerializerContext;
