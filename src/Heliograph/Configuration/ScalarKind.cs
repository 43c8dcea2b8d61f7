using System.Globalization;
using System.Text.Json.Nodes;

namespace Heliograph.Configuration;

/// <summary>One value.</summary>
/// <param name="parse">Reads it.</param>
/// <param name="write">Writes it, so that <paramref name="parse"/> reads the same; null where there is none.</param>
/// <param name="schema">What it may be, as JSON Schema has it.</param>
/// <param name="allowed">What it may be, for error messages.</param>
/// <param name="summary">The same in a few words of Markdown.</param>
internal sealed class ScalarKind<T>(Parse<T> parse, Func<T?, string?> write, Func<JsonObject> schema, string allowed, string summary)
    : ValueKind<T>(KeyShape.Scalar, allowed, summary)
{
    /// <summary>Never in quotes, as it is true, false, a number, a number with a unit, or a word for one.</summary>
    public bool IsNumeric { get; init; }

    public override bool TryRead(ConfigurationKey key, LayeredValues values, ConfigurationErrors errors, out T value)
    {
        value = default!;
        return values.Scalar(key) is { } given && TryParse(key, given, errors, out value);
    }

    /// <summary>One value, which may be an item of a list.</summary>
    public bool TryParse(ConfigurationKey key, Given given, ConfigurationErrors errors, out T value)
    {
        var problem = parse(given.Value, out value);
        if (Quotes.Strip(given.Value) is { } bare)
            problem = Quotes.Describe(key.Mask(bare));
        if (problem is null)
            return true;
        errors.Refuse(key, given, problem);
        return false;
    }

    public override string? ToText(T? value) => write(value);

    public override string? ToYaml(T? value) => write(value) is not { } text ? null : IsNumeric ? text : YamlText.Quote(text);

    public override string? ToMaskedYaml(T? value) =>
        write(value) is not { } text ? null : IsNumeric ? text : YamlText.Quote(Mask(text));

    public override JsonNode? ToJson(T? value) => write(value) is not { } text ? null
        : IsNumeric && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number)
        : IsNumeric && bool.TryParse(text, out var flag) ? JsonValue.Create(flag)
        : JsonValue.Create(text);

    public override JsonObject Schema() => schema();
}
