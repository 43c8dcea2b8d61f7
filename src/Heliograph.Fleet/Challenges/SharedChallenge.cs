using System.Text.Json.Serialization;

namespace Heliograph.Fleet.Challenges;

/// <summary>A challenge that an authority will ask one of the machines for, whichever it meets.</summary>
/// <param name="Type">Such as <c>http-01</c>.</param>
/// <param name="Identifier">The name or the address.</param>
/// <param name="Token">The authority's.</param>
/// <param name="KeyAuthorization">RFC 8555 section 8.1; each machine makes its own answer of it, and its own certificate.</param>
public sealed record SharedChallenge(string Type, string Identifier, string Token, string KeyAuthorization)
{
    /// <summary>Without what answers it.</summary>
    public override string ToString() => $"{Type} for {Identifier}";
}

/// <summary>As it is sealed: who published it, and under which random number.</summary>
internal sealed record PublishedChallenge(string Id, string Node, SharedChallenge Challenge);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PublishedChallenge))]
internal sealed partial class ChallengeJson : JsonSerializerContext;
