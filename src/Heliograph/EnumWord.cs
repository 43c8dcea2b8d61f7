using System.Collections.Frozen;
using System.Text.Json;

namespace Heliograph;

/// <summary>The names of an enum's members as other programs read them: in snake case.</summary>
/// <typeparam name="TKind">The enum.</typeparam>
internal static class EnumWord<TKind>
    where TKind : struct, Enum
{
    private static readonly FrozenDictionary<TKind, string> Words = Enum.GetValues<TKind>()
        .ToFrozenDictionary(static kind => kind, static kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()));

    public static string For(TKind kind) => Words[kind];
}
