using System.Globalization;
using System.Net;
using System.Text;
using Heliograph.Acme;
using Heliograph.Relay.Routing;

namespace Heliograph.Configuration;

/// <summary>Writes settings as a configuration file that gives the same settings, with where each value that is no default came from.</summary>
internal static class EffectiveYaml
{
    public static string Write(Settings settings, LayeredValues values)
    {
        var text = new StringBuilder();
        var open = "";
        foreach (var key in Keys.All)
        {
            var written = Write(key, settings);
            if (written is null)
                continue;
            open = OpenSections(text, open, key.Path);
            var indent = Indent(key.Path);
            text.Append(indent).Append(key.Path.Split(':')[^1]).Append(':');
            if (key.Kind == KeyKind.Map)
                WriteMap(text.Append('\n'), indent, key, settings, values);
            else
                text.Append(' ').Append(written).Append(values.OriginOf(key) is { } origin ? $"  # from {origin}\n" : "\n");
        }
        return text.ToString();
    }

    /// <summary>A key's value as YAML; null where there is nothing to write. Of a map and of a secret it tells only that there is one.</summary>
    public static string? Write(Key key, Settings settings) =>
        Written.TryGetValue(key, out var write) ? write(settings) : Write(key, Keys.Acme, First(settings.Acme)) ?? Write(key, Keys.AcmeFailover, settings.Acme.Failover);

    /// <summary>Each key's value as YAML, but for those of the authorities; null where there is nothing to write.</summary>
    private static readonly Dictionary<Key, Func<Settings, string?>> Written = new()
    {
        [Keys.Domains] = static settings => List(settings.Domains),
        [Keys.Listen] = static settings => List(settings.Listen),
        [Keys.HttpListen] = static settings => List(settings.HttpListen),
        [Keys.CertificateSource] = static settings => Words.Of(Words.CertificateOrigins, settings.Certificate.Source),
        [Keys.CertificateChain] = static settings => Quote(settings.Certificate.Chain),
        [Keys.CertificateKey] = static settings => Quote(settings.Certificate.Key),
        [Keys.AcmeChallenges] = static settings => List(settings.Acme.Challenges),
        [Keys.AcmeKeyType] = static settings => settings.Acme.KeyType,
        [Keys.DnsHook] = static settings => Quote(settings.Acme.Dns?.Hook),
        [Keys.DnsHookTimeout] = static settings => settings.Acme.Dns?.Hook is null ? null : Values.Write(settings.Acme.Dns.HookTimeout),
        [Keys.Rfc2136Server] = static settings => Quote(settings.Acme.Dns?.Rfc2136?.Server),
        [Keys.Rfc2136KeyName] = static settings => Quote(settings.Acme.Dns?.Rfc2136?.KeyName),
        [Keys.Rfc2136KeySecret] = static settings => settings.Acme.Dns?.Rfc2136 is null ? null : Quote(Keys.Rfc2136KeySecret.Show("")),
        [Keys.Rfc2136Algorithm] = static settings => Quote(settings.Acme.Dns?.Rfc2136?.Algorithm),
        [Keys.Rfc2136Zone] = static settings => Quote(settings.Acme.Dns?.Rfc2136?.Zone),
        [Keys.Rfc2136Transport] = static settings => Quote(settings.Acme.Dns?.Rfc2136?.Transport),
        [Keys.DnsVisibleAt] = static settings => settings.Acme.Dns is null ? null : List(settings.Acme.Dns.VisibleAt),
        [Keys.DnsVisibleTimeout] = static settings => settings.Acme.Dns is null ? null : Values.Write(settings.Acme.Dns.VisibleTimeout),
        [Keys.RouteSets] = static settings => List(settings.Routes.Sets),
        [Keys.RouteHosts] = static settings => settings.Routes.Hosts.Count == 0 ? null : "",
        [Keys.DecoySite] = static settings => settings.Decoy is { Directory: null, Upstream: null } ? "built-in" : null,
        [Keys.DecoyDirectory] = static settings => Quote(settings.Decoy.Directory),
        [Keys.DecoyUpstream] = static settings => Quote(settings.Decoy.Upstream?.ToString()),
        [Keys.DecoyUpstreamH2] = static settings => Quote(settings.Decoy.UpstreamH2?.ToString()),
        [Keys.Passthrough] = static settings => settings.Passthrough.Count == 0 ? null : "",
        [Keys.TrustedProxies] = static settings => List(settings.TrustedProxies.Select(static network => network.ToString())),
        [Keys.MaxConnections] = static settings => settings.Limits.MaxConnections?.ToString(CultureInfo.InvariantCulture) ?? "auto",
        [Keys.ConnectionsPerSource] = static settings => settings.Limits.ConnectionsPerSource switch { null => "auto", 0 => ByteSizes.Off, var number => Number(number.Value) },
        [Keys.HandshakesPerSecond] = static settings => settings.Limits.HandshakesPerSecond == 0 ? ByteSizes.Off : Number(settings.Limits.HandshakesPerSecond),
        [Keys.BytesPerSecond] = static settings => ByteSizes.Write(settings.Limits.BytesPerSecond),
        [Keys.MonthlyBytes] = static settings => ByteSizes.Write(settings.Limits.Budget.MonthlyBytes),
        [Keys.MonthlyResetDay] = static settings => settings.Limits.Budget.MonthlyBytes == 0 ? null : Number(settings.Limits.Budget.ResetDay),
        [Keys.WhenLow] = static settings => settings.Limits.Budget.MonthlyBytes == 0 ? null : settings.Limits.Budget.SlowsWhenLow ? "slow" : "warn",
        [Keys.WhenSpent] = static settings => settings.Limits.Budget.MonthlyBytes == 0 ? null : settings.Limits.Budget.SlowsWhenSpent ? "slow" : "refuse",
        [Keys.SlowBytesPerSecond] = static settings => settings.Limits.Budget.MonthlyBytes == 0 ? null : ByteSizes.Write(settings.Limits.Budget.SlowBytesPerSecond),
        [Keys.HandshakeTimeout] = static settings => Values.Write(settings.Limits.HandshakeTimeout),
        [Keys.HelloTimeout] = static settings => Values.Write(settings.Limits.HelloTimeout),
        [Keys.ConnectTimeout] = static settings => Values.Write(settings.Limits.ConnectTimeout),
        [Keys.IdleTimeout] = static settings => Values.Write(settings.Limits.IdleTimeout),
        [Keys.DrainTimeout] = static settings => Values.Write(settings.Limits.DrainTimeout),
        [Keys.HandoverTimeout] = static settings => Values.Write(settings.Limits.HandoverTimeout),
        [Keys.MetricsListen] = static settings => List(settings.MetricsListen),
        [Keys.LogLevel] = static settings => Words.Of(Words.LogLevels, settings.LogLevel),
        [Keys.AlertsExec] = static settings => Quote(settings.Alerts.Exec),
        [Keys.AlertsWebhook] = static settings => settings.Alerts.Webhook is null ? null : Quote(Keys.AlertsWebhook.Show("")),
        [Keys.AlertsSelfCheck] = static settings => settings.Alerts.SelfCheck is { } interval ? Values.Write(interval) : "off",
        [Keys.AlertsSelfCheckAddress] = static settings => Quote(settings.Alerts.SelfCheckAddress?.ToString()),
        [Keys.StateDirectory] = static settings => Quote(settings.StateDirectory),
    };

    /// <summary>Null too where the key is none of an authority's.</summary>
    private static string? Write(Key key, IssuerKeys keys, IssuerOptions? issuer) => issuer is null ? null
        : key == keys.Directory ? Quote(issuer.Directory)
        : key == keys.StagingDirectory ? Quote(issuer.StagingDirectory)
        : key == keys.Email ? Quote(issuer.Email)
        : key == keys.Profile ? Quote(issuer.Profile)
        : key == keys.CaRoot ? Quote(issuer.CaRoot)
        : key == keys.EabKeyId ? Quote(issuer.Eab?.KeyId)
        : key == keys.EabHmacKey ? issuer.Eab is null ? null : Quote(key.Show(""))
        : key == keys.PreferredChain ? Quote(issuer.PreferredChain)
        : null;

    private static IssuerOptions First(AcmeOptions acme) => new()
    {
        Directory = acme.Directory,
        StagingDirectory = acme.StagingDirectory,
        Email = acme.Email,
        Profile = acme.Profile,
        CaRoot = acme.CaRoot,
        Eab = acme.Eab,
        PreferredChain = acme.PreferredChain,
    };

    private static void WriteMap(StringBuilder text, string indent, Key key, Settings settings, LayeredValues values)
    {
        var origins = values.Map(key).ToDictionary(static given => given.Path, static given => given.Origin, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in Entries(key, settings))
            text.Append(indent).Append("  ").Append(Quote(name)).Append(": ").Append(value).Append("  # from ").Append(origins[Keys.Join(key.Path, name)]).Append('\n');
    }

    private static IEnumerable<(string Name, string? Value)> Entries(Key key, Settings settings) => key == Keys.Passthrough
        ? settings.Passthrough.Select(static entry => (entry.Key, (string?)Site(entry.Value)))
        : settings.Routes.Hosts.Select(static entry => (entry.Key, Quote(entry.Value.ToString())));

    private static string Site(PassthroughSite site) => site.SendsProxyHeader
        ? $"{{ {PassthroughReader.Upstream}: {Quote(site.Endpoint.ToString())}, {PassthroughReader.ProxyProtocol}: {PassthroughReader.Version2} }}"
        : Quote(site.Endpoint.ToString())!;

    /// <summary>Writes the headings between the section that is open and the key's own.</summary>
    private static string OpenSections(StringBuilder text, string open, string path)
    {
        var names = path.Split(':')[..^1];
        for (var depth = 1; depth <= names.Length; depth++)
        {
            var section = string.Join(':', names[..depth]);
            if (open != section && !open.StartsWith(section + ":", StringComparison.Ordinal))
                text.Append(Indent(section)).Append(names[depth - 1]).Append(":\n");
        }
        return string.Join(':', names);
    }

    private static string Indent(string path) => new(' ', 2 * path.Count(':'));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string List(IEnumerable<IPEndPoint> items) => List(items.Select(static item => item.ToString()));

    private static string List(IEnumerable<string> items) => $"[{string.Join(", ", items.Select(Quote))}]";

    /// <summary>Double-quoted unless it is plainly a plain scalar (YAML 1.2 section 7.3).</summary>
    private static string? Quote(string? text)
    {
        if (text is null)
            return null;
        var plain = text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '/')
            && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '@')
            && text.ToLowerInvariant() is not ("null" or "true" or "false" or "yes" or "no" or "on" or "off");
        return plain ? text : '"' + string.Concat(text.Select(Escape)) + '"';
    }

    private static string Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        _ when char.IsControl(c) => $"\\u{(int)c:x4}",
        _ => c.ToString(),
    };
}
