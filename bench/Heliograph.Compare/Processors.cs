namespace Heliograph.Compare;

/// <summary>Who runs where. The launcher pins this process, which is the load and the upstream, to processor 1.</summary>
internal static class Processors
{
    public const string OfProxies = "0";

    public const string OfLoad = "1";
}
