using System.Text.Json;

namespace Heliograph.Machine.Firewalls;

/// <summary>Whether a condition of nftables holds for a new TCP connection over IPv4 that comes from outside; null: it depends.</summary>
internal static class NftMatch
{
    public static bool? Matches(JsonElement match, int port) =>
        match.TryGetProperty("op", out var operation)
        && match.TryGetProperty("left", out var left)
        && match.TryGetProperty("right", out var right)
            ? Matches(operation.GetString(), left, right, port)
            : null;

    public static bool? Matches(string? operation, JsonElement left, JsonElement right, int port)
    {
        var equal = Equal(left, right, port);
        return operation switch
        {
            "==" or "in" => equal,
            "!=" => !equal,
            _ => null,
        };
    }

    private static bool? Equal(JsonElement left, JsonElement right, int port) => Name(left) switch
    {
        "tcp dport" or "th dport" => Has(right, value => IsPort(value, port)),
        "meta l4proto" or "ip protocol" => Has(right, static value => IsWord(value, "tcp")),
        "ct state" => Has(right, static value => IsWord(value, "new")),
        "meta nfproto" => Has(right, static value => IsWord(value, "ipv4")),
        "meta protocol" => Has(right, static value => IsWord(value, "ip")),
        "ip saddr" => Has(right, static value => IsEverywhere(value)),
        // Others than loopback have names of every kind.
        "meta iif" or "meta iifname" => Has(right, static value => IsWord(value, "lo")) == true ? false : null,
        { } name when name.StartsWith("udp ", StringComparison.Ordinal)
            || name.StartsWith("icmp", StringComparison.Ordinal)
            || name.StartsWith("ip6 ", StringComparison.Ordinal) => false,
        _ => null,
    };

    /// <summary>"tcp dport", "meta l4proto", "ct state".</summary>
    private static string? Name(JsonElement left)
    {
        if (left.ValueKind != JsonValueKind.Object
            || left.EnumerateObject().FirstOrDefault() is not { Value.ValueKind: JsonValueKind.Object } kind)
            return null;
        return kind.Name switch
        {
            "payload" => $"{Word(kind.Value, "protocol")} {Word(kind.Value, "field")}",
            "meta" or "ct" => $"{kind.Name} {Word(kind.Value, "key")}",
            _ => null,
        };
    }

    /// <summary>Whether a value, or one of a set or a list, is the one. A set with a name is not looked up.</summary>
    private static bool? Has(JsonElement right, Func<JsonElement, bool?> isIt)
    {
        if (right.ValueKind == JsonValueKind.Object && right.TryGetProperty("set", out var set))
            right = set;
        if (right.ValueKind != JsonValueKind.Array)
            return isIt(right);
        var answers = right.EnumerateArray().Select(isIt).ToList();
        return answers.Contains(true) ? true : answers.Contains(null) ? null : false;
    }

    private static bool? IsPort(JsonElement value, int port) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetInt32() == port,
        JsonValueKind.Object when value.TryGetProperty("range", out var range) && range.EnumerateArray().ToList() is
            [{ ValueKind: JsonValueKind.Number } first, { ValueKind: JsonValueKind.Number } last] =>
            first.GetInt32() <= port && port <= last.GetInt32(),
        _ => null,
    };

    /// <summary>Whoever may be anywhere is in no list of addresses, except in one of all.</summary>
    private static bool IsEverywhere(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty("prefix", out var prefix)
        && prefix.TryGetProperty("len", out var length)
        && length.GetInt32() == 0;

    private static bool? IsWord(JsonElement value, string word) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { } text && !text.StartsWith('@') ? text == word : null;

    private static string? Word(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
