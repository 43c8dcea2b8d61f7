using System.Text.Json.Nodes;
using Heliograph.Platform;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Configuration;

/// <summary>An entry of <c>passthrough</c>: another web server behind the same port.</summary>
internal static class PassthroughEntry
{
    public const string Upstream = "upstream";
    public const string ProxyProtocol = "proxy_protocol";
    public const string Version2 = "v2";

    /// <summary>A host name, a wildcard, or the name of the rest.</summary>
    public static string? ParseName(string text, out string name)
    {
        name = text.ToLowerInvariant();
        if (name == PassthroughTable.Default)
            return null;
        var isWildcard = text.StartsWith("*.", StringComparison.Ordinal);
        if (InternetAddress.TryParse(text, out _))
            return "an IP address, which no client sends as a name";
        var problem = DomainName.ParseHost(isWildcard ? text[2..] : text, out name);
        if (isWildcard)
            name = "*." + name;
        return problem;
    }

    /// <summary>An endpoint, which <c> proxy_protocol=v2</c> may follow.</summary>
    public static bool Parse(ConfigurationKey key, Given given, ConfigurationErrors errors, out PassthroughSite site)
    {
        const string Separator = $" {ProxyProtocol}=";
        site = null!;
        var at = given.Value.LastIndexOf(Separator, StringComparison.Ordinal);
        var version = at < 0 ? null : given.Value[(at + Separator.Length)..];
        if (version is not (null or Version2))
        {
            var place = given with { Path = KeyCatalog.Join(given.Path, ProxyProtocol), Value = version };
            errors.Add(key, place, $"there is no such version; allowed: {Version2}");
            return false;
        }
        var upstream = at < 0 ? given.Value : given.Value[..at];
        if (Values.Endpoint(upstream, out var endpoint) is { } problem)
        {
            errors.Add(key, given with { Value = upstream }, $"{problem}; allowed: {UpstreamEndpoint.Syntax}");
            return false;
        }
        site = new(endpoint, SendsProxyHeader: version is not null);
        return true;
    }

    public static string ToYaml(PassthroughSite site)
    {
        var endpoint = YamlText.Quote(site.Endpoint.ToString());
        return site.SendsProxyHeader ? $"{{ {Upstream}: {endpoint}, {ProxyProtocol}: {Version2} }}" : endpoint;
    }

    public static JsonObject Schema()
    {
        var section = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                [Upstream] = Kinds.Endpoint.Schema(),
                [ProxyProtocol] = new JsonObject { ["enum"] = new JsonArray(Version2) },
            },
            ["required"] = new JsonArray(Upstream),
            ["additionalProperties"] = false,
        };
        return new() { ["anyOf"] = new JsonArray(Kinds.Endpoint.Schema(), section) };
    }
}
