namespace Heliograph.Compare;

/// <summary>The proxies, in the order of their turns.</summary>
internal static class PeerNames
{
    public const string Heliograph = "heliograph";
    public const string Nginx = "nginx";
    public const string HaProxy = "haproxy";

    public static IReadOnlyList<string> All { get; } = [Heliograph, Nginx, HaProxy];
}
