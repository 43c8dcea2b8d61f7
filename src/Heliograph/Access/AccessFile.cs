using System.Text.Json.Serialization;
using Heliograph.Configuration;
using Heliograph.Platform;
using Microsoft.Extensions.Logging;

namespace Heliograph.Access;

/// <summary><c>access.json</c> in the state directory: the groups and their names. It is replaced whole or not at all.</summary>
internal sealed partial class AccessFile
{
    public const string Name = "access.json";

    private const int Version = 1;

    private readonly PrivateDirectory directory;

    public AccessFile(PrivateDirectory directory) => this.directory = directory;

    public AccessFile(string stateDirectory, TimeProvider timeProvider, ILogger logger)
        : this(new PrivateDirectory(stateDirectory, timeProvider, logger))
    {
    }

    public string Path => System.IO.Path.Combine(directory.Path, Name);

    /// <summary>Empty if the file is missing or damaged.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public AccessBook Read() =>
        directory.Read(Name, AccessJson.Default.Kept, Damage) is { } content ? new(content.Groups) : AccessBook.Empty;

    /// <exception cref="StorageException">It cannot be written; the previous file is intact.</exception>
    public void Write(AccessBook book) =>
        directory.Write(Name, new() { Version = Version, Groups = book.Groups }, AccessJson.Default.Kept);

    /// <summary>The sentence goes to the log: it quotes neither a group nor a name.</summary>
    private static string? Damage(Kept content)
    {
        if (content.Version != Version)
            return $"its version is {content.Version}, but this program supports version {Version}";
        if (content.Groups.Count > AccessBook.MostGroups)
            return "it contains too many groups";
        if (content.Groups.Any(static group => group is null || group.Names is null || !IsSound(group)))
            return "a group in it is not sound";
        var names = content.Groups.SelectMany(static group => group.Names).ToList();
        return names.Count > AccessBook.MostNames ? "it contains too many names"
            : names.Any(static name => name?.Host is null || DomainName.ParseHost(name.Host, out var host) is not null || host != name.Host)
                ? "a name in it is no host name"
            : names.Select(static name => name.Host).Distinct(StringComparer.Ordinal).Count() < names.Count
                || content.Groups.Select(static group => group.Name).Distinct(StringComparer.Ordinal).Count() < content.Groups.Count
                ? "it contains something twice"
            : null;
    }

    private static bool IsSound(GroupRecord group) =>
        group.Name is not null
        && GroupName.Parse(group.Name, out _) is null
        && group.Limit is >= 0 and <= AccessBook.MostConnections
        && group.Names.Count > 0;

    private sealed record Kept
    {
        public required int Version { get; init; }

        public required IReadOnlyList<GroupRecord> Groups { get; init; }
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(Kept))]
    private sealed partial class AccessJson : JsonSerializerContext;
}
