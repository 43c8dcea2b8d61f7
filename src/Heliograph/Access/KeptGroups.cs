using System.Text.Json.Serialization;
using Heliograph.Configuration;

namespace Heliograph.Access;

/// <summary>The groups as they are written: in <c>access.json</c>, and in the document that a fleet shares.</summary>
internal sealed record KeptGroups
{
    private const int Current = 1;

    public required int Version { get; init; }

    public required IReadOnlyList<GroupRecord> Groups { get; init; }

    /// <summary><see cref="AccessBook.Untold"/>; null: none.</summary>
    public IReadOnlyList<string>? Untold { get; init; }

    public static KeptGroups FromBook(AccessBook book) => new()
    {
        Version = Current,
        Groups = book.Groups,
        Untold = book.Untold.Count > 0 ? book.Untold : null,
    };

    public AccessBook ToBook() => new(Groups) { Untold = Untold ?? [] };

    /// <summary>What is wrong with it; null: nothing. The sentence goes to the log: it quotes neither a group nor a name.</summary>
    public string? FindDamage()
    {
        if (Version != Current)
            return $"its version is {Version}, but this program supports version {Current}";
        if (Groups.Count > AccessBook.MostGroups)
            return "it contains too many groups";
        if (Groups.Any(static group => group is null || group.Names is null || !IsSound(group)))
            return "a group in it is not sound";
        var names = Groups.SelectMany(static group => group.Names).ToList();
        return names.Count > AccessBook.MostNames || Untold?.Count > AccessBook.MostNames ? "it contains too many names"
            : names.Any(static name => !IsHost(name?.Host)) || Untold?.All(IsHost) == false ? "a name in it is no host name"
            : names.Select(static name => name.Host).Distinct(StringComparer.Ordinal).Count() < names.Count
                || Groups.Select(static group => group.Name).Distinct(StringComparer.Ordinal).Count() < Groups.Count
                ? "it contains something twice"
            : null;
    }

    private static bool IsHost(string? name) => name is not null && DomainName.ParseHost(name, out var host) is null && host == name;

    private static bool IsSound(GroupRecord group) =>
        group.Name is not null
        && GroupName.Parse(group.Name, out _) is null
        && group.Limit is >= 0 and <= AccessBook.MostConnections
        && group.Names.Count > 0;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(KeptGroups))]
internal sealed partial class AccessJson : JsonSerializerContext;
