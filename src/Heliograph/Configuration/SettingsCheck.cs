using System.Net;
using Heliograph.Acme;
using Heliograph.Platform;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Configuration;

/// <summary>What can be wrong although each value by itself is good: keys that are missing, and keys that do not fit together.</summary>
internal sealed class SettingsCheck(Settings settings, LayeredValues values, ConfigurationErrors errors, bool offline)
{
    public void Run()
    {
        CheckDomains();
        CheckAccess();
        CheckSources();
        CheckCertificate();
        CheckAcme();
        CheckRoutes();
        CheckUpstream();
        CheckDecoy();
        CheckPassthrough();
        CheckBudget();
        CheckFile(Keys.AlertsExec, settings.Alerts.Exec);
        CheckAddresses((Keys.Listen, settings.Listen),
            (Keys.HttpListen, settings.HttpListen), (Keys.MetricsListen, settings.MetricsListen));
    }

    private void CheckDomains()
    {
        if (values.List(Keys.Domains) is not { Count: > 0 } && !errors.Contains(Keys.Domains.Name))
        {
            errors.Add(
                Keys.Domains.Name,
                $"missing; name what clients type to reach this proxy: {Keys.Domains.Allowed} "
                + "(--domain NAME, or domains: [NAME] in the configuration file)");
        }
    }

    /// <summary>Without a wildcard there is nothing to make an unlisted name of.</summary>
    private void CheckAccess()
    {
        if (settings.Access.IsUnlisted && settings.Wildcard is null && values.Scalar(Keys.AccessMode) is { } given)
        {
            errors.Refuse(
                Keys.AccessMode, given,
                $"{Keys.Domains.Name} has no wildcard to make names under; add one such as \"*.example.org\", which "
                + $"{ChallengeTypes.Dns01} can get or {Keys.CertificateChain.Name} may have");
        }
    }

    private void CheckSources()
    {
        foreach (var key in new[] { Keys.SourcesBlock, Keys.SourcesAllow })
        {
            if (values.List(key) is { Count: > SourceSettings.MostLists } lists)
                errors.Add(key, lists[SourceSettings.MostLists], $"is one list too many; allowed: {SourceSettings.MostLists}");
        }
        // Whoever gives only this list thinks that nobody else is relayed.
        if (settings.Sources is { IsOff: true, Allow.Count: > 0 } && values.OriginOf(Keys.SourcesAllow) is { } origin
            && !errors.Contains(Keys.SourcesBlock.Name))
        {
            errors.Add(
                Keys.SourcesAllow.Path, origin,
                $"{Keys.SourcesBlock.Name} is missing, so that everybody is relayed anyway; to relay nobody else, add "
                + $"{Keys.SourcesBlock.Name}: [{SourceSettings.All}]");
        }
    }

    private void CheckCertificate()
    {
        if (settings.Certificate.Source != CertificateOrigin.Files)
            return;
        Require(Keys.CertificateChain, "certificate.source is files");
        Require(Keys.CertificateKey, "certificate.source is files");
    }

    private void CheckAcme()
    {
        RequireBoth(Keys.Acme.EabKeyId, Keys.Acme.EabHmacKey);
        RequireBoth(Keys.AcmeFailover.EabKeyId, Keys.AcmeFailover.EabHmacKey);
        RequireIfAny(Keys.AcmeFailover.All, Keys.AcmeFailover.Directory);
        RequireIfAny(
            [
                DnsKeys.Rfc2136Server, DnsKeys.Rfc2136KeyName, DnsKeys.Rfc2136KeySecret, DnsKeys.Rfc2136Algorithm,
                DnsKeys.Rfc2136Zone, DnsKeys.Rfc2136Transport,
            ],
            DnsKeys.Rfc2136Server, DnsKeys.Rfc2136KeyName, DnsKeys.Rfc2136KeySecret);
        if (settings.Certificate.Source != CertificateOrigin.Acme)
            return;
        AddErrorsOfLibrary();
        var hasHttp = values.List(Keys.HttpListen) is not { Count: 0 };
        if (!hasHttp && settings.Acme.Challenges.All(static type => type == ChallengeTypes.Http01)
            && values.OriginOf(Keys.AcmeChallenges) is { } origin)
        {
            errors.Add(
                Keys.AcmeChallenges.Path, origin,
                $"has http-01 only, which needs port 80, and {Keys.HttpListen.Name} is empty; "
                + $"add tls-alpn-01, or give {Keys.HttpListen.Name} an address");
        }
        CheckFile(DnsKeys.Hook, settings.Acme.Dns?.Hook);
    }

    /// <summary>What the library finds wrong, each at the place of its key; not what is in the errors already.</summary>
    private void AddErrorsOfLibrary()
    {
        var acme = offline
            ? settings.Acme with { CaRoot = null, Failover = settings.Acme.Failover is { } other ? other with { CaRoot = null } : null }
            : settings.Acme;
        foreach (var line in acme.Errors())
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            var (name, problem) = (line[..colon], line[(colon + 2)..].TrimEnd('.'));
            if (errors.Contains(name))
                continue;
            if (OriginOf(name.Replace('.', ':')) is { } origin)
                errors.Add(name, origin, problem);
            else
                errors.Add(name, problem);
        }
    }

    private void CheckRoutes()
    {
        if (values.List(Keys.RouteSets) is { Count: 0 } && settings.Routes.Hosts.Count == 0)
        {
            errors.Add(
                Keys.RouteSets.Path, values.OriginOf(Keys.RouteSets)!,
                $"empty, and {Keys.RouteHosts.Name} too, so that nothing would be relayed; allowed: {Keys.RouteSets.Allowed}");
        }
    }

    private void CheckUpstream()
    {
        RequireIfAny([Keys.UpstreamProxyUser, Keys.UpstreamProxyPassword], Keys.UpstreamProxy);
        RequireBoth(Keys.UpstreamProxyUser, Keys.UpstreamProxyPassword);
        RequireIfAny([Keys.UpstreamResolverAddresses], Keys.UpstreamResolver);
        if (settings.Upstream is { Resolver: not null, Proxy: not null } && values.Scalar(Keys.UpstreamResolver) is { } unused)
            errors.Refuse(Keys.UpstreamResolver, unused, $"{Keys.UpstreamProxy.Name} resolves the names; keep one of the two");
        if (settings.Upstream.Proxy is not { } proxy)
            return;
        // RFC 7617 section 2: the first colon is where the password begins.
        if (proxy is { Protocol: UpstreamProxyProtocol.HttpConnect, User: { } user } && user.Contains(':', StringComparison.Ordinal)
            && values.Scalar(Keys.UpstreamProxyUser) is { } given)
            errors.Refuse(Keys.UpstreamProxyUser, given, "has a colon, which no user of an HTTP proxy can have");
        if (values.OriginOf(Keys.RouteZones) is { } zones && settings.Routes.OpenZones.Count > 0)
        {
            errors.Add(
                Keys.RouteZones.Path, zones,
                $"no host can be found under a zone, as {Keys.UpstreamProxy.Name} resolves the names; write off, or remove one of the two");
        }
        if (settings.Listen.FirstOrDefault(own => IsSame(own, proxy.Endpoint)) is { } ours
            && values.Scalar(Keys.UpstreamProxy) is { } itself)
            errors.Add(Keys.UpstreamProxy, itself, $"Heliograph itself listens there ({Keys.Listen.Name}: {ours}); name another proxy");
    }

    private void CheckDecoy()
    {
        ConfigurationKey[] choice = [Keys.DecoySite, Keys.DecoyDirectory, Keys.DecoyUpstream];
        var given = choice.Where(key => values.Scalar(key) is not null).ToList();
        if (given.Count > 1)
        {
            var first = values.Scalar(given[0])!.Value;
            errors.Add(given[^1], values.Scalar(given[^1])!.Value, $"{given[0].Name} ({first.Origin}) is given too; keep one of the two");
        }
        if (given.Count == 0 && values.Scalar(Keys.DecoyUpstreamH2) is { } alone)
        {
            errors.Add(
                Keys.DecoyUpstreamH2, alone,
                $"{Keys.DecoyUpstream.Name} is missing, which serves HTTP/1.1; allowed: {Keys.DecoyUpstream.Allowed}");
        }
    }

    private void CheckPassthrough()
    {
        foreach (var given in values.Map(Keys.Passthrough))
        {
            _ = PassthroughEntry.ParseName(given.Path[(Keys.Passthrough.Path.Length + 1)..], out var name);
            if (settings.Passthrough.TryGetValue(name, out var site))
                CheckPassthrough(given, name, site);
        }
    }

    private void CheckPassthrough(Given given, string name, PassthroughSite site)
    {
        if (settings.Domains.Contains(name, StringComparer.Ordinal))
        {
            errors.Add(
                given.Path, given.Origin,
                $"the name is in {Keys.Domains.Name} too, so that it would belong to two servers; keep one of the two");
        }
        if (name == PassthroughTable.Default
            && settings.Domains.FirstOrDefault(static domain => InternetAddress.TryParse(domain, out _)) is { } address)
        {
            errors.Add(
                given.Path, given.Origin,
                $"would take the clients of {address} ({Keys.Domains.Name}), who send no name with an IP address; keep one of the two");
        }
        if (site.Endpoint is UpstreamEndpoint.Tcp tcp && settings.Listen.FirstOrDefault(own => IsSame(own, tcp)) is { } ours)
        {
            errors.Add(
                Keys.Passthrough, given with { Value = tcp.ToString() },
                $"Heliograph itself listens there ({Keys.Listen.Name}: {ours}), so that connections would come back to it; "
                + "give the other server a port of its own, such as 127.0.0.1:8443");
        }
    }

    /// <summary>Whoever sets one of these thinks that there is a budget.</summary>
    private void CheckBudget()
    {
        var budget = LimitKeys.MonthlyBytes;
        if (values.IsGiven(budget))
            return;
        foreach (var key in new[] { LimitKeys.MonthlyResetDay, LimitKeys.WhenLow, LimitKeys.WhenSpent, LimitKeys.SlowBytesPerSecond })
        {
            if (values.Scalar(key) is { } alone)
                errors.Add(key, alone, $"{budget.Name} is missing, which it belongs to; allowed: {budget.Allowed}");
        }
    }

    private void CheckFile(ConfigurationKey key, string? path)
    {
        if (!offline && path is not null && !File.Exists(path) && values.Scalar(key) is { } given)
            errors.Refuse(key, given, "there is no such file");
    }

    /// <summary>A port can be listened on once; reported here the error names both keys, reported by the system only one.</summary>
    private void CheckAddresses(params ReadOnlySpan<(ConfigurationKey Key, IReadOnlyList<IPEndPoint> Addresses)> lists)
    {
        var taken = new Dictionary<IPEndPoint, ConfigurationKey>();
        foreach (var (key, addresses) in lists)
        {
            foreach (var address in addresses)
            {
                if (address.Port != 0 && !taken.TryAdd(address, key) && taken[address] != key)
                    errors.Add(key.Name, $"{address} is already taken by {taken[address].Name}; give each its own port");
            }
        }
    }

    private void Require(ConfigurationKey key, string because)
    {
        if (!values.IsGiven(key))
            errors.Add(key.Name, $"missing, as {because}; allowed: {key.Allowed}");
    }

    private void RequireBoth(ConfigurationKey one, ConfigurationKey other)
    {
        if (values.IsGiven(other))
            Require(one, $"{other.Name} is given");
        if (values.IsGiven(one))
            Require(other, $"{one.Name} is given");
    }

    private void RequireIfAny(IEnumerable<ConfigurationKey> any, params ReadOnlySpan<ConfigurationKey> required)
    {
        if (any.FirstOrDefault(values.IsGiven) is not { } first)
            return;
        foreach (var key in required)
            Require(key, $"{first.Name} is given");
    }

    /// <summary>Where a key stands, or the first one of a section.</summary>
    private string? OriginOf(string path) => values.Keys.All
        .Where(key => key.Path == path || key.Path.StartsWith(path + ":", StringComparison.Ordinal))
        .Select(values.OriginOf)
        .FirstOrDefault(static origin => origin is not null);

    /// <summary>Whether a connection to the other server would arrive at ours, as far as that is known without asking DNS.</summary>
    private static bool IsSame(IPEndPoint own, UpstreamEndpoint.Tcp other)
    {
        if (own.Port != other.Port)
            return false;
        var address = string.Equals(other.Host, "localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
            : InternetAddress.TryParse(other.Host, out var parsed) ? parsed : null;
        return address is not null
            && (address.Equals(own.Address)
                || (IPAddress.IsLoopback(address) && (own.Address.Equals(IPAddress.Any) || own.Address.Equals(IPAddress.IPv6Any))));
    }
}
