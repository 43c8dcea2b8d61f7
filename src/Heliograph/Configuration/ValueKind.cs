using System.Text.Json.Nodes;

namespace Heliograph.Configuration;

/// <summary>What stands at a key's place in the file.</summary>
internal enum KeyShape
{
    Scalar,
    List,

    /// <summary>Names of the operator's choice, each with one value, or with a few keys (<see cref="ValueKind.EntryKeys"/>).</summary>
    Map,
}

/// <summary>A kind of value: how it is read, written and described.</summary>
/// <param name="shape">What stands in the file.</param>
/// <param name="allowed">What a value (or each item of a list) may be, for error messages.</param>
/// <param name="summary">The same in a few words of Markdown, for the reference page.</param>
internal abstract class ValueKind(KeyShape shape, string allowed, string summary)
{
    public KeyShape Shape { get; } = shape;

    public string Allowed { get; } = allowed;

    public string Summary { get; } = summary;

    /// <summary>
    /// Words that the shell may offer. For a map: what may stand for the whole of it, as an entry <c>*</c> with this value.
    /// </summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>
    /// For a map: what an entry may have instead of one value. The first key is that value; the others follow it as <c>KEY=VALUE</c> where
    /// an entry is written on one line.
    /// </summary>
    public IReadOnlyList<string> EntryKeys { get; init; } = [];

    /// <summary>Masks what is secret in a text that was given for a value, right or wrong; the rest of it may be shown.</summary>
    public Func<string, string> Mask { get; init; } = static text => text;

    /// <summary>The kind as JSON Schema has it.</summary>
    public abstract JsonObject Schema();
}

/// <inheritdoc/>
internal abstract class ValueKind<T>(KeyShape shape, string allowed, string summary) : ValueKind(shape, allowed, summary)
{
    /// <summary>Reads the value of a key from the joined layers.</summary>
    /// <returns>False: no layer gives it, or it cannot be used; the errors then say why.</returns>
    public abstract bool TryRead(ConfigurationKey key, LayeredValues values, ConfigurationErrors errors, out T value);

    /// <summary>The value on one line of YAML; null where there is nothing to write.</summary>
    public abstract string? ToYaml(T? value);

    /// <summary>The same, as it may be shown.</summary>
    public virtual string? ToMaskedYaml(T? value) => ToYaml(value);

    /// <summary>The value as a flag or a variable takes it.</summary>
    public abstract string? ToText(T? value);

    /// <summary>The value as a JSON schema has it.</summary>
    public abstract JsonNode? ToJson(T? value);

    /// <summary>For a map: each entry, with its value as YAML.</summary>
    public virtual IEnumerable<(string Name, string Yaml)> Entries(T? value) => [];
}
