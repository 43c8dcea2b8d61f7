using System.Collections.Frozen;
using Heliograph.Relay.Upstream;

namespace Heliograph.Relay.Routing;

/// <summary>Another web server.</summary>
/// <param name="Endpoint">Where it listens.</param>
/// <param name="SendsProxyHeader">Whether it gets the client's address by PROXY protocol version 2.</param>
public sealed record PassthroughSite(UpstreamEndpoint Endpoint, bool SendsProxyHeader = false);

/// <summary>
/// Which connections go to other web servers, by the name in the outer ClientHello. As with nginx's server_name, an exact name wins over a
/// wildcard, which stands for one label (RFC 9525 section 6.3). Our own names take part: <c>*.example.org</c> does not take
/// <c>proxy.example.org</c> from us.
/// </summary>
public sealed class PassthroughTable
{
    /// <summary>The name of the site that gets every connection that no other name matches.</summary>
    public const string Default = "default";

    public static readonly PassthroughTable Empty = Create([], new Dictionary<string, PassthroughSite>(StringComparer.Ordinal));

    private readonly FrozenDictionary<string, PassthroughSite?> names;
    private readonly FrozenDictionary<string, PassthroughSite?> wildcards;
    private readonly PassthroughSite? fallback;

    private PassthroughTable(Dictionary<string, PassthroughSite?> entries)
    {
        fallback = entries.GetValueOrDefault(Default);
        names = entries
            .Where(static entry => !entry.Key.StartsWith("*.", StringComparison.Ordinal))
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        wildcards = entries
            .Where(static entry => entry.Key.StartsWith("*.", StringComparison.Ordinal))
            .ToFrozenDictionary(static entry => entry.Key[2..], static entry => entry.Value, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Where the other sites are.</summary>
    internal IEnumerable<UpstreamEndpoint> Endpoints =>
        names.Values.Concat(wildcards.Values).Append(fallback).OfType<PassthroughSite>().Select(static site => site.Endpoint);

    /// <summary>Combines our own names with those of other sites.</summary>
    /// <param name="own">Our names and wildcards; none of them may also be another site's.</param>
    /// <param name="sites">Name, wildcard or <see cref="Default"/> to site.</param>
    public static PassthroughTable Create(IEnumerable<string> own, IReadOnlyDictionary<string, PassthroughSite> sites)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(sites);
        if (sites.Count == 0)
            own = [];
        var entries = own.ToDictionary(static name => name, static _ => (PassthroughSite?)null, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, site) in sites)
            entries.Add(name, site);
        return new(entries);
    }

    /// <summary>The site for an outer name, or for a hello without one; null: ours.</summary>
    public PassthroughSite? Find(string? name)
    {
        if (name is null)
            return fallback;
        if (names.TryGetValue(name, out var site))
            return site;
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && wildcards.TryGetValue(name[(dot + 1)..], out site) ? site : fallback;
    }
}
