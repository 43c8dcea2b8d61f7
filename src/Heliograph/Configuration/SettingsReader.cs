using System.Net;
using Heliograph.Relay.Upstream;

namespace Heliograph.Configuration;

/// <summary>Turns the joined layers into <see cref="Settings"/>, and gathers every error on the way.</summary>
internal sealed class SettingsReader
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);
    private static readonly Settings Default = new() { Domains = [] };

    private readonly LayeredValues values;
    private readonly ConfigurationErrors errors;

    private SettingsReader(LayeredValues values, ConfigurationErrors errors)
    {
        this.values = values;
        this.errors = errors;
    }

    /// <summary>Null if there was an error, here or in the layers.</summary>
    public static Settings? Read(LayeredValues values, ConfigurationErrors errors)
    {
        var settings = new SettingsReader(values, errors).Read();
        return errors.Any ? null : settings;
    }

    private Settings Read()
    {
        var settings = new Settings
        {
            Domains = Domains(),
            Listen = List<IPEndPoint>(Keys.Listen, Values.ListenAddress) ?? Default.Listen,
            HttpListen = List<IPEndPoint>(Keys.HttpListen, Values.ListenAddress) ?? Default.HttpListen,
            Certificate = Certificate(),
            Acme = Acme(),
            Routes = Routes(),
            Decoy = Decoy(),
            Limits = Limits(),
            MetricsListen = List<IPEndPoint>(Keys.MetricsListen, Values.ListenAddress) ?? Default.MetricsListen,
            StateDirectory = Scalar<string?>(Keys.StateDirectory, Values.FilePath, Default.StateDirectory)!,
        };
        if (settings.Listen.Count == 0 && values.List(Keys.Listen) is { Count: 0 })
            errors.Add(Keys.Listen.Path, values.OriginOf(Keys.Listen)!, $"needs at least one address; allowed: {Keys.Listen.Allowed}");
        RefuseSharedAddresses((Keys.Listen, settings.Listen), (Keys.HttpListen, settings.HttpListen), (Keys.MetricsListen, settings.MetricsListen));
        return settings;
    }

    private List<string> Domains()
    {
        var domains = List<string>(Keys.Domains, DomainName.Parse);
        if (values.List(Keys.Domains) is not { Count: > 0 })
            errors.Add(Keys.Domains.Name, $"missing; name what clients type to reach this proxy: {Keys.Domains.Allowed} (--domain NAME, or domains: [NAME] in the configuration file)");
        return domains ?? [];
    }

    private CertificateSettings Certificate()
    {
        var chain = Scalar<string?>(Keys.CertificateChain, Values.FilePath, null);
        var key = Scalar<string?>(Keys.CertificateKey, Values.FilePath, null);
        // Who names files means them to be used.
        var implied = chain is null && key is null ? CertificateOrigin.Acme : CertificateOrigin.Files;
        var source = Scalar(Keys.CertificateSource, Values.OneOf(Words.CertificateOrigins), implied);
        if (source == CertificateOrigin.Files)
        {
            Require(Keys.CertificateChain, "certificate.source is files");
            Require(Keys.CertificateKey, "certificate.source is files");
        }
        return new(source, chain, key);
    }

    private AcmeSettings Acme()
    {
        var challenges = List(Keys.AcmeChallenges, Values.OneOf(Words.AcmeChallenges));
        if (values.List(Keys.AcmeChallenges) is { Count: 0 })
            errors.Add(Keys.AcmeChallenges.Path, values.OriginOf(Keys.AcmeChallenges)!, $"needs at least one; allowed: {Keys.AcmeChallenges.Allowed}");
        return new()
        {
            Directory = Scalar<Uri>(Keys.AcmeDirectory, Values.HttpsUri, Default.Acme.Directory),
            Email = Scalar<string?>(Keys.AcmeEmail, Values.Email, null),
            Challenges = challenges ?? Default.Acme.Challenges,
            Profile = Scalar<string?>(Keys.AcmeProfile, Values.Word, null),
            KeyType = Scalar(Keys.AcmeKeyType, Values.OneOf(Words.AcmeKeyTypes), Default.Acme.KeyType),
            CaRoot = Scalar<string?>(Keys.AcmeCaRoot, Values.FilePath, null),
            ExternalAccount = ExternalAccount(),
        };
    }

    private ExternalAccount? ExternalAccount()
    {
        var id = Scalar<string?>(Keys.AcmeEabKeyId, Values.Word, null);
        var key = Scalar<byte[]?>(Keys.AcmeEabHmacKey, Values.Base64UrlBytes, null);
        if (values.Scalar(Keys.AcmeEabKeyId) is null && values.Scalar(Keys.AcmeEabHmacKey) is null)
            return null;
        Require(Keys.AcmeEabKeyId, $"{Keys.AcmeEabHmacKey.Name} is given");
        Require(Keys.AcmeEabHmacKey, $"{Keys.AcmeEabKeyId.Name} is given");
        return id is null || key is null ? null : new(id, key);
    }

    private RouteSettings Routes()
    {
        var hosts = new SortedDictionary<string, UpstreamEndpoint>(StringComparer.Ordinal);
        foreach (var given in values.Map(Keys.RouteHosts))
        {
            var written = given.Path[(Keys.RouteHosts.Path.Length + 1)..];
            if (DomainName.ParseHost(written, out var name) is { } noName)
                errors.Add(given.Path, given.Origin, $"{noName}; allowed: {Keys.RouteHosts.Allowed}");
            else if (Values.Endpoint(given.Value, out var endpoint) is { } problem)
                errors.Add(Keys.RouteHosts, given, $"{problem}; allowed: {UpstreamEndpoint.Syntax}");
            else
                hosts[name] = endpoint!;
        }
        var sets = List<string>(Keys.RouteSets, Values.RouteSet);
        if (sets is { Count: 0 } && hosts.Count == 0 && values.List(Keys.RouteSets) is { Count: 0 })
            errors.Add(Keys.RouteSets.Path, values.OriginOf(Keys.RouteSets)!, $"empty, and {Keys.RouteHosts.Name} too, so that nothing would be relayed; allowed: {Keys.RouteSets.Allowed}");
        return new() { Sets = sets ?? Default.Routes.Sets, Hosts = hosts };
    }

    private DecoySettings Decoy()
    {
        var chosen = values.Choice(Keys.DecoySite, Keys.DecoyDirectory, Keys.DecoyUpstream);
        if (chosen.Count > 1)
        {
            errors.Add(Keys.Find(chosen[^1].Path)!, chosen[^1], $"{Key.Display(chosen[0].Path)} ({chosen[0].Origin}) is given too; keep one of the two");
            return Default.Decoy;
        }
        var h2 = Scalar<UpstreamEndpoint?>(Keys.DecoyUpstreamH2, Values.Endpoint, null);
        if (chosen is [var choice] && choice.Path != Keys.DecoySite.Path)
        {
            return choice.Path == Keys.DecoyDirectory.Path
                ? new(Directory: Scalar<string?>(Keys.DecoyDirectory, Values.FilePath, null))
                : new(Upstream: Scalar<UpstreamEndpoint?>(Keys.DecoyUpstream, Values.Endpoint, null), UpstreamH2: h2);
        }
        _ = Scalar(Keys.DecoySite, Values.OneOf(("built-in", true)), true);
        if (chosen.Count == 0 && values.Scalar(Keys.DecoyUpstreamH2) is { } alone)
            errors.Add(Keys.DecoyUpstreamH2, alone, $"{Keys.DecoyUpstream.Name} is missing, which serves HTTP/1.1; allowed: {Keys.DecoyUpstream.Allowed}");
        return Default.Decoy;
    }

    private LimitSettings Limits() => new()
    {
        MaxConnections = Scalar<int?>(Keys.MaxConnections, Values.Count, Default.Limits.MaxConnections),
        HandshakeTimeout = Scalar(Keys.HandshakeTimeout, Values.Duration(Shortest, Longest), Default.Limits.HandshakeTimeout),
        HelloTimeout = Scalar(Keys.HelloTimeout, Values.Duration(Shortest, Longest), Default.Limits.HelloTimeout),
        ConnectTimeout = Scalar(Keys.ConnectTimeout, Values.Duration(Shortest, Longest), Default.Limits.ConnectTimeout),
        IdleTimeout = Scalar(Keys.IdleTimeout, Values.Duration(Shortest, Longest), Default.Limits.IdleTimeout),
        DrainTimeout = Scalar(Keys.DrainTimeout, Values.Duration(TimeSpan.Zero, Longest), Default.Limits.DrainTimeout),
    };

    private T Scalar<T>(Key key, Parse<T> parse, T fallback)
    {
        if (values.Scalar(key) is not { } given)
            return fallback;
        if (parse(given.Value, out var value) is not { } problem)
            return value;
        errors.Add(key, given, $"{problem}; allowed: {key.Allowed}");
        return fallback;
    }

    /// <summary>The good items; null if no layer gives the list.</summary>
    private List<T>? List<T>(Key key, Parse<T> parse)
    {
        if (values.List(key) is not { } items)
            return null;
        var good = new List<T>();
        foreach (var item in items)
        {
            if (parse(item.Value, out var value) is { } problem)
                errors.Add(key, item, $"{problem}; allowed: {key.Allowed}");
            else if (good.Contains(value) && value is not IPEndPoint { Port: 0 })
                errors.Add(key, item, "stands there twice; keep one of the two");
            else
                good.Add(value);
        }
        return good;
    }

    private void Require(Key key, string because)
    {
        if (values.Scalar(key) is null)
            errors.Add(key.Name, $"missing, as {because}; allowed: {key.Allowed}");
    }

    /// <summary>A port can be listened on once; told here it names both keys, told by the system only one.</summary>
    private void RefuseSharedAddresses(params ReadOnlySpan<(Key Key, IReadOnlyList<IPEndPoint> Addresses)> lists)
    {
        var taken = new Dictionary<IPEndPoint, Key>();
        foreach (var (key, addresses) in lists)
        {
            foreach (var address in addresses)
            {
                if (address.Port != 0 && !taken.TryAdd(address, key) && taken[address] != key)
                    errors.Add(key.Name, $"{address} is taken by {taken[address].Name} already; give each its own port");
            }
        }
    }
}
