namespace Heliograph.Compare;

/// <summary>The proxies, in the order of their turns.</summary>
internal static class PeerNames
{
    public const string Heliograph = "heliograph";
    public const string Nginx = "nginx";
    public const string HaProxy = "haproxy";

    /// <summary>The yardstick: what is left if a relay does nothing but relay.</summary>
    public const string CRelay = "c-relay";

    public static IReadOnlyList<string> All { get; } = [Heliograph, Nginx, HaProxy, CRelay];

    /// <summary>Those that heliograph is compared with.</summary>
    public static IReadOnlyList<string> Others { get; } = [Nginx, HaProxy, CRelay];
}
