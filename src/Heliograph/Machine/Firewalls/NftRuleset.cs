using System.Text.Json;

namespace Heliograph.Machine.Firewalls;

/// <summary>
/// What nftables does to a new TCP connection over IPv4, as far as that is certain. One rule that may accept it ends the certainty.
/// </summary>
internal sealed class NftRuleset
{
    /// <summary>The kernel allows 16 jumps (NFT_JUMP_STACK_SIZE).</summary>
    private const int DeepestJump = 16;

    private readonly List<JsonElement> inputs;
    private readonly ILookup<string, JsonElement> rules;

    private NftRuleset(List<JsonElement> inputs, ILookup<string, JsonElement> rules)
    {
        this.inputs = inputs;
        this.rules = rules;
    }

    private enum Fate
    {
        GoesOn,
        Accepted,
        Dropped,
        Unknown,
    }

    /// <param name="root">The document of <c>nft --json list ruleset</c>.</param>
    public static NftRuleset FromJson(JsonElement root)
    {
        var objects = Member(root, "nftables") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().ToList() : [];
        return new(
            [
                .. objects
                    .Select(static one => Member(one, "chain"))
                    .OfType<JsonElement>()
                    .Where(static chain => Text(chain, "hook") == "input" && Text(chain, "type") == "filter"
                        && Text(chain, "family") is "inet" or "ip"),
            ],
            objects
                .Select(static one => Member(one, "rule"))
                .OfType<JsonElement>()
                .ToLookup(static rule => Path(rule, Text(rule, "chain")), StringComparer.Ordinal));
    }

    /// <summary>The chain that certainly drops a connection to a port, as nft names it: family, table and chain. Null: none does.</summary>
    public string? FindClosing(int port) =>
        inputs
            .Where(chain => Follow(chain, port) == Fate.Dropped)
            .Select(static chain => Path(chain, Text(chain, "name")))
            .FirstOrDefault();

    private Fate Follow(JsonElement chain, int port)
    {
        var fate = Follow(Path(chain, Text(chain, "name")), port, DeepestJump);
        return fate != Fate.GoesOn ? fate : Text(chain, "policy") == "drop" ? Fate.Dropped : Fate.Accepted;
    }

    private Fate Follow(string chain, int port, int jumps)
    {
        if (jumps == 0)
            return Fate.Unknown;
        var mayBeAccepted = false;
        foreach (var rule in rules[chain])
        {
            var (fate, isLast) = Apply(rule, port, jumps);
            if (fate == Fate.Unknown)
                mayBeAccepted = true;
            else if (fate != Fate.GoesOn)
                return fate == Fate.Dropped && mayBeAccepted ? Fate.Unknown : fate;
            if (isLast)
                break;
        }
        return mayBeAccepted ? Fate.Unknown : Fate.GoesOn;
    }

    /// <summary>What one rule does; and whether the chain ends with it, without a verdict.</summary>
    private (Fate Fate, bool IsLast) Apply(JsonElement rule, int port, int jumps)
    {
        bool? matches = true;
        foreach (var expression in Member(rule, "expr")?.EnumerateArray().Select(static one => one.EnumerateObject().First()) ?? [])
        {
            if (expression.Name == "match")
                matches = And(matches, NftMatch.Matches(expression.Value, port));
            else if (expression.Name == "vmap")
                return (Map(rule, expression.Value, matches, port, jumps), false);
            else if (expression.Name is "accept" or "drop" or "reject" or "jump" or "goto" or "return")
                return Decide(rule, expression.Name, expression.Value, matches, port, jumps);
            else if (expression.Name is not ("counter" or "log" or "mangle"))
                matches = And(matches, null);
            if (matches == false)
                break;
        }
        return (Fate.GoesOn, false);
    }

    private (Fate Fate, bool IsLast) Decide(JsonElement rule, string verdict, JsonElement value, bool? matches, int port, int jumps)
    {
        // A drop that is not certain proves nothing, and neither does a return.
        if (matches is null)
            return (verdict is "drop" or "reject" ? Fate.GoesOn : Fate.Unknown, false);
        var fate = verdict switch
        {
            "accept" => Fate.Accepted,
            "drop" or "reject" => Fate.Dropped,
            "jump" or "goto" => Follow(Path(rule, Text(value, "target")), port, jumps - 1),
            _ => Fate.GoesOn,
        };
        return (fate, fate == Fate.GoesOn && verdict is "goto" or "return");
    }

    /// <summary>A verdict for each value: <c>ct state vmap { established : accept, invalid : drop }</c>.</summary>
    private Fate Map(JsonElement rule, JsonElement map, bool? matches, int port, int jumps)
    {
        if (matches is null || Member(map, "key") is not { } key
            || Member(map, "data") is not { } data || Member(data, "set") is not { ValueKind: JsonValueKind.Array } set)
            return Fate.Unknown;
        var isCertain = true;
        foreach (var pair in set.EnumerateArray().Select(static one => one.EnumerateArray().ToList()))
        {
            var fits = NftMatch.Matches("==", key, pair[0], port);
            var verdict = pair[1].EnumerateObject().First();
            if (fits == true)
                return Decide(rule, verdict.Name, verdict.Value, true, port, jumps).Fate;
            isCertain &= fits == false;
        }
        return isCertain ? Fate.GoesOn : Fate.Unknown;
    }

    private static bool? And(bool? one, bool? other) => one == false || other == false ? false : one is null || other is null ? null : true;

    private static string Path(JsonElement rule, string? chain) => $"{Text(rule, "family")} {Text(rule, "table")} {chain}";

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
