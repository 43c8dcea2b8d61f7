using System.Net;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Configuration;

/// <summary>Reads <c>passthrough</c>: the other web servers behind the same port.</summary>
internal sealed class PassthroughReader(LayeredValues values, ConfigurationErrors errors)
{
    public const string Upstream = "upstream";
    public const string ProxyProtocol = "proxy_protocol";
    public const string Version2 = "v2";

    public IReadOnlyDictionary<string, PassthroughSite> Read()
    {
        var sites = new SortedDictionary<string, PassthroughSite>(StringComparer.Ordinal);
        foreach (var given in values.Map(Keys.Passthrough))
        {
            if (ParseName(given.Path[(Keys.Passthrough.Path.Length + 1)..], out var name) is { } noName)
                errors.Add(given.Path, given.Origin, $"{noName}; allowed: {Keys.Passthrough.Allowed}");
            else if (Parse(given) is { } site)
                sites[name] = site;
        }
        return sites;
    }

    /// <summary>What can be wrong between these sites and the rest of the configuration.</summary>
    public void Check(IReadOnlyDictionary<string, PassthroughSite> sites, IReadOnlyList<string> domains, IReadOnlyList<IPEndPoint> listen)
    {
        foreach (var given in values.Map(Keys.Passthrough))
        {
            _ = ParseName(given.Path[(Keys.Passthrough.Path.Length + 1)..], out var name);
            if (!sites.TryGetValue(name, out var site))
                continue;
            if (domains.Contains(name, StringComparer.Ordinal))
                errors.Add(given.Path, given.Origin, $"the name stands in {Keys.Domains.Name} too, so that it would be ours and another server's; keep one of the two");
            if (name == PassthroughTable.Default && domains.FirstOrDefault(static domain => IPAddress.TryParse(domain, out _)) is { } address)
                errors.Add(given.Path, given.Origin, $"would take the clients of {address} ({Keys.Domains.Name}), who send no name with an IP address; keep one of the two");
            if (site.Endpoint is UpstreamEndpoint.Tcp tcp && listen.FirstOrDefault(own => IsSame(own, tcp)) is { } ours)
                errors.Add(Keys.Passthrough, given with { Value = tcp.ToString() }, $"Heliograph itself listens there ({Keys.Listen.Name}: {ours}), so that connections would come back to it; give the other server a port of its own, such as 127.0.0.1:8443");
        }
    }

    private static string? ParseName(string text, out string name)
    {
        name = text.ToLowerInvariant();
        if (name == PassthroughTable.Default)
            return null;
        var isWildcard = text.StartsWith("*.", StringComparison.Ordinal);
        if (IPAddress.TryParse(text, out _))
            return "an IP address, which no client sends as a name";
        var problem = DomainName.ParseHost(isWildcard ? text[2..] : text, out name);
        if (isWildcard)
            name = "*." + name;
        return problem;
    }

    private PassthroughSite? Parse(Given given)
    {
        const string Separator = $" {ProxyProtocol}=";
        var at = given.Value.LastIndexOf(Separator, StringComparison.Ordinal);
        var version = at < 0 ? null : given.Value[(at + Separator.Length)..];
        if (version is not (null or Version2))
        {
            errors.Add(Keys.Passthrough, given with { Path = Keys.Join(given.Path, ProxyProtocol), Value = version }, $"there is no such version; allowed: {Version2}");
            return null;
        }
        var upstream = at < 0 ? given.Value : given.Value[..at];
        if (UpstreamEndpoint.TryParse(upstream, out var endpoint))
            return new(endpoint, version is not null);
        errors.Add(Keys.Passthrough, given with { Value = upstream }, $"not an endpoint; allowed: {UpstreamEndpoint.Syntax}");
        return null;
    }

    /// <summary>Whether a connection to the other server would arrive at ours, as far as that can be told without asking DNS.</summary>
    private static bool IsSame(IPEndPoint own, UpstreamEndpoint.Tcp other)
    {
        if (own.Port != other.Port)
            return false;
        var address = string.Equals(other.Host, "localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
            : IPAddress.TryParse(other.Host, out var parsed) ? parsed : null;
        return address is not null
            && (address.Equals(own.Address) || (IPAddress.IsLoopback(address) && (own.Address.Equals(IPAddress.Any) || own.Address.Equals(IPAddress.IPv6Any))));
    }
}
