using System.Text.Json.Nodes;

namespace Heliograph.Configuration;

/// <summary>Reads the value of an entry, or adds what is wrong with it to the errors.</summary>
internal delegate bool ParseEntry<T>(ConfigurationKey key, Given given, ConfigurationErrors errors, out T value);

/// <summary>Names of the operator's choice, each with a value.</summary>
/// <param name="parseName">Reads a name.</param>
/// <param name="parse">Reads a value.</param>
/// <param name="write">Writes a value as YAML.</param>
/// <param name="schema">What a value may be, as JSON Schema has it.</param>
/// <param name="allowed">What an entry may be, for error messages.</param>
/// <param name="summary">The same in a few words of Markdown.</param>
internal sealed class MapKind<T>(
    Parse<string> parseName, ParseEntry<T> parse, Func<T, string> write, Func<JsonObject> schema, string allowed, string summary)
    : ValueKind<IReadOnlyDictionary<string, T>>(KeyShape.Map, allowed, summary)
{
    /// <summary>Writes a value as a JSON schema has it; null: the schema has neither a default nor an example.</summary>
    public Func<T, JsonNode?>? WriteJson { get; init; }

    public override bool TryRead(
        ConfigurationKey key, LayeredValues values, ConfigurationErrors errors, out IReadOnlyDictionary<string, T> value)
    {
        var entries = new SortedDictionary<string, T>(StringComparer.Ordinal);
        value = entries;
        var all = values.Map(key);
        foreach (var given in all)
        {
            if (parseName(given.Path[(key.Path.Length + 1)..], out var name) is { } problem)
                errors.Add(given.Path, given.Origin, $"{problem}; allowed: {key.Allowed}");
            else if (parse(key, given, errors, out var parsed))
                entries[name] = parsed;
        }
        return all.Count > 0;
    }

    public override string? ToText(IReadOnlyDictionary<string, T>? value) => null;

    public override string? ToYaml(IReadOnlyDictionary<string, T>? value) => value is null || value.Count == 0
        ? null
        : $"{{ {string.Join(", ", Entries(value).Select(static entry => $"{YamlText.Quote(entry.Name)}: {entry.Yaml}"))} }}";

    public override JsonNode? ToJson(IReadOnlyDictionary<string, T>? value) => WriteJson is null || value is null || value.Count == 0
        ? null
        : new JsonObject(value.Select(entry => KeyValuePair.Create(entry.Key, WriteJson(entry.Value))));

    public override IEnumerable<(string Name, string Yaml)> Entries(IReadOnlyDictionary<string, T>? value) =>
        value is null ? [] : value.Select(entry => (entry.Key, write(entry.Value)));

    public override JsonObject Schema()
    {
        var map = new JsonObject { ["type"] = new JsonArray("object", "null"), ["additionalProperties"] = schema() };
        return Words.Count == 0
            ? map
            : new() { ["anyOf"] = new JsonArray(map, new JsonObject { ["enum"] = new JsonArray([.. Words.Select(static word => word)]) }) };
    }
}
