using System.Text.Json;
using Heliograph.Relay.Diagnostics;

namespace Heliograph.Status;

/// <summary>How the members of an enumeration are written in JSON.</summary>
internal static class Names
{
    /// <summary><c>DecoyHttp2</c>: <c>decoy_http2</c>.</summary>
    public static string Of<T>(T member)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.ToString());

    /// <summary>Those that occurred, rounded.</summary>
    public static IReadOnlyDictionary<string, long> Of<T>(IReadOnlyDictionary<T, long> counts)
        where T : struct, Enum =>
        counts.Where(static one => one.Value > 0).OrderBy(static one => one.Key).ToDictionary(static one => Of(one.Key), static one => RoundedCount.Up(one.Value), StringComparer.Ordinal);
}
