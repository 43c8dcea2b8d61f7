using Heliograph.Relay.Routing;

namespace Heliograph.HostLists;

/// <summary>What a list has that another has not, a line for each.</summary>
internal static class ListDifference
{
    /// <returns>Lines such as "+ signal: new.signal.org"; none: the lists differ in nothing but their versions.</returns>
    public static IReadOnlyList<string> Between(HostList old, HostList changed) =>
    [
        .. HostList.SetNames.SelectMany(set => Lines(set, [.. old.Find(set).Select(Describe)], [.. changed.Find(set).Select(Describe)])),
        .. Lines("web sites", [.. old.WebSites], [.. changed.WebSites]),
    ];

    private static string Describe(KeyValuePair<string, string> route) =>
        route.Key == route.Value ? route.Key : $"{route.Key} (leads to {route.Value})";

    private static IEnumerable<string> Lines(string where, IReadOnlyList<string> old, IReadOnlyList<string> changed) =>
        Mark('-', old.Except(changed, StringComparer.Ordinal)).Concat(Mark('+', changed.Except(old, StringComparer.Ordinal)))
            .Select(line => $"{line.Mark} {where}: {line.Text}");

    private static IEnumerable<(char Mark, string Text)> Mark(char mark, IEnumerable<string> texts) =>
        texts.Order(StringComparer.Ordinal).Select(text => (mark, text));
}
