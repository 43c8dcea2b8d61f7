using System.Net;
using System.Text.Json.Nodes;

namespace Heliograph.Configuration;

/// <summary>A list, in the order in which it is given, without duplicates.</summary>
internal sealed class ListKind<T> : ValueKind<IReadOnlyList<T>>
{
    private readonly ScalarKind<T> item;
    private readonly string? least;

    /// <param name="item">What each item is.</param>
    /// <param name="least">How many there must be, in words; null: there may be none.</param>
    /// <param name="empty">What an empty list means, where that is worth a word in error messages.</param>
    public ListKind(ScalarKind<T> item, string? least = null, string? empty = null)
        : base(KeyShape.List, empty is null ? item.Allowed : $"{item.Allowed}; [] {empty}", $"list; each item: {item.Summary}")
    {
        this.item = item;
        this.least = least;
        Words = item.Words;
        Mask = item.Mask;
    }

    public override bool TryRead(ConfigurationKey key, LayeredValues values, ConfigurationErrors errors, out IReadOnlyList<T> value)
    {
        value = [];
        if (values.List(key) is not { } items)
            return false;
        var good = new List<T>();
        foreach (var given in items)
        {
            if (!item.TryParse(key, given, errors, out var parsed))
                continue;
            // The system picks another port for each 0.
            if (good.Contains(parsed) && parsed is not IPEndPoint { Port: 0 })
                errors.Add(key, given, "is listed twice; remove one of the two");
            else
                good.Add(parsed);
        }
        if (items.Count == 0 && least is not null)
            errors.Add(key.Path, values.OriginOf(key)!, $"needs at least {least}; allowed: {key.Allowed}");
        value = good;
        return true;
    }

    public override string? ToText(IReadOnlyList<T>? value) => value is null or [] ? null : string.Join(", ", value.Select(item.ToText));

    public override string? ToYaml(IReadOnlyList<T>? value) => value is null ? null : $"[{string.Join(", ", value.Select(item.ToYaml))}]";

    public override string? ToMaskedYaml(IReadOnlyList<T>? value) =>
        value is null ? null : $"[{string.Join(", ", value.Select(item.ToMaskedYaml))}]";

    public override JsonNode? ToJson(IReadOnlyList<T>? value) => value is null ? null : new JsonArray([.. value.Select(item.ToJson)]);

    public override JsonObject Schema()
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = item.Schema(), ["uniqueItems"] = true };
        if (least is not null)
            list["minItems"] = 1;
        // A single value needs no brackets.
        return new() { ["anyOf"] = new JsonArray(list, item.Schema()) };
    }
}
