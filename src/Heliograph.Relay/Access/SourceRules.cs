using Heliograph.Relay.Listening;

namespace Heliograph.Relay.Access;

/// <summary>Whom nothing is relayed for: they get the decoy, whatever they bring. Immutable.</summary>
/// <param name="Block">Where they come from.</param>
/// <param name="Allow">Who is relayed all the same, however small the other's prefix is.</param>
public sealed record SourceRules(PrefixSet Block, PrefixSet Allow)
{
    /// <param name="source">Null: not known, and not blocked.</param>
    internal bool Blocks(SourceAddress? source) => source is { } known && Block.Contains(known) && !Allow.Contains(known);
}
