using System.Text.Json;
using System.Text.Json.Serialization;
using Heliograph.Access;
using static Heliograph.Status.Words;

namespace Heliograph.Cli.Link;

/// <summary>What <c>link list</c> prints.</summary>
internal static partial class GroupTable
{
    public static void Write(TextWriter output, IReadOnlyList<GroupReport> groups, bool json)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(groups, GroupJson.Default.IReadOnlyListGroupReport));
            return;
        }
        if (groups.Count == 0)
        {
            output.WriteLine("No group has a link yet. Make one with: heliograph link new family");
            return;
        }
        output.WriteLine(Line($"{"group",-32}{"now",8}{"bytes",12}{"last used",12}  notes"));
        foreach (var group in groups)
            output.WriteLine(
                Line(
                    $"{group.Name,-32}{(group.Connections is { } now ? Line($"{now:N0}") : "-"),8}" +
                    $"{(group.BytesUp is { } up ? Bytes(up + (group.BytesDown ?? 0)) : "-"),12}" +
                    $"{(group.LastUsed is { } day ? $"{day:yyyy-MM-dd}" : "never"),12}  {string.Join("; ", Notes(group))}").TrimEnd());
    }

    private static IEnumerable<string> Notes(GroupReport group)
    {
        if (group.Probed)
            yield return "its name is being probed";
        if (group.Expired)
            yield return Line($"expired on {group.Expires:yyyy-MM-dd}");
        else if (group.Expires is { } end)
            yield return Line($"until {end:yyyy-MM-dd}");
        if (group.Names.Count > 1)
            yield return Line($"the link before works until {group.Names.SkipLast(1).Max(static name => name.Until):yyyy-MM-dd HH:mm} UTC");
        if (group.Limit is { } limit)
            yield return Line($"at most {limit:N0} connections");
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true)]
    [JsonSerializable(typeof(IReadOnlyList<GroupReport>))]
    private sealed partial class GroupJson : JsonSerializerContext;
}
