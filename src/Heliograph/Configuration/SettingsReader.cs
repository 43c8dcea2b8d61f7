using System.Net;
using Heliograph.Relay.Upstream;

namespace Heliograph.Configuration;

/// <summary>Turns the joined layers into <see cref="Settings"/>, and gathers every error on the way.</summary>
internal sealed class SettingsReader
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);
    private static readonly TimeSpan ShortestSelfCheck = TimeSpan.FromSeconds(10);

    /// <summary>Below this not even a handshake gets through in time; above there is no such line.</summary>
    private const long SlowestRate = 10_000, FastestRate = 100_000_000_000;

    private const long SmallestBudget = 100_000_000, LargestBudget = 1_000_000_000_000_000_000;

    private static readonly Settings Default = new() { Domains = [] };

    private readonly LayeredValues values;
    private readonly ConfigurationErrors errors;
    private readonly KeyReader reader;

    private SettingsReader(LayeredValues values, ConfigurationErrors errors)
    {
        this.values = values;
        this.errors = errors;
        reader = new(values, errors);
    }

    /// <summary>Null if there was an error, here or in the layers.</summary>
    public static Settings? Read(LayeredValues values, ConfigurationErrors errors)
    {
        var settings = new SettingsReader(values, errors).Read();
        return errors.Any ? null : settings;
    }

    /// <summary>This key alone.</summary>
    public static string StateDirectory(LayeredValues values, ConfigurationErrors errors) =>
        new KeyReader(values, errors).Scalar<string?>(Keys.StateDirectory, Values.FilePath, Default.StateDirectory)!;

    private Settings Read()
    {
        var domains = Domains();
        var stateDirectory = StateDirectory(values, errors);
        var acme = new AcmeReader(values, errors);
        var passthrough = new PassthroughReader(values, errors);
        var settings = new Settings
        {
            Domains = domains,
            Listen = reader.List<IPEndPoint>(Keys.Listen, Values.ListenAddress) ?? Default.Listen,
            HttpListen = reader.List<IPEndPoint>(Keys.HttpListen, Values.ListenAddress) ?? Default.HttpListen,
            Certificate = Certificate(),
            Acme = acme.Read(domains, stateDirectory),
            Routes = Routes(),
            Decoy = Decoy(),
            Passthrough = passthrough.Read(),
            TrustedProxies = reader.List<IPNetwork>(Keys.TrustedProxies, Values.Network) ?? Default.TrustedProxies,
            Limits = Limits(),
            MetricsListen = reader.List<IPEndPoint>(Keys.MetricsListen, Values.ListenAddress) ?? Default.MetricsListen,
            IsMetricsListenDefault = !reader.IsGiven(Keys.MetricsListen),
            LogLevel = reader.Scalar(Keys.LogLevel, Values.OneOf(Words.LogLevels), Default.LogLevel),
            Alerts = Alerts(),
            StateDirectory = stateDirectory,
        };
        if (settings.Listen.Count == 0 && values.List(Keys.Listen) is { Count: 0 })
            errors.Add(Keys.Listen.Path, values.OriginOf(Keys.Listen)!, $"needs at least one address; allowed: {Keys.Listen.Allowed}");
        if (settings.Certificate.Source == CertificateOrigin.Acme)
            acme.Check(settings.Acme, hasHttp: values.List(Keys.HttpListen) is not { Count: 0 });
        else
            RefuseWildcards();
        passthrough.Check(settings.Passthrough, domains, settings.Listen);
        RefuseSharedAddresses((Keys.Listen, settings.Listen), (Keys.HttpListen, settings.HttpListen), (Keys.MetricsListen, settings.MetricsListen));
        return settings;
    }

    private List<string> Domains()
    {
        var domains = reader.List<string>(Keys.Domains, DomainName.Parse);
        if (values.List(Keys.Domains) is not { Count: > 0 })
            errors.Add(Keys.Domains.Name, $"missing; name what clients type to reach this proxy: {Keys.Domains.Allowed} (--domain NAME, or domains: [NAME] in the configuration file)");
        return domains ?? [];
    }

    /// <summary>Only a name that is proven through DNS may be one: whoever brings the files knows what is in them, and clients type a name.</summary>
    private void RefuseWildcards()
    {
        foreach (var given in values.List(Keys.Domains) ?? [])
        {
            if (given.Value.StartsWith("*.", StringComparison.Ordinal))
                errors.Add(Keys.Domains, given, $"a wildcard; name each host, as no client can type a '*'; allowed: {Keys.Domains.Allowed}");
        }
    }

    private CertificateSettings Certificate()
    {
        var chain = reader.Scalar<string?>(Keys.CertificateChain, Values.FilePath, null);
        var key = reader.Scalar<string?>(Keys.CertificateKey, Values.FilePath, null);
        // Who names files means them to be used.
        var implied = chain is null && key is null ? CertificateOrigin.Acme : CertificateOrigin.Files;
        var source = reader.Scalar(Keys.CertificateSource, Values.OneOf(Words.CertificateOrigins), implied);
        if (source == CertificateOrigin.Files)
        {
            reader.Require(Keys.CertificateChain, "certificate.source is files");
            reader.Require(Keys.CertificateKey, "certificate.source is files");
        }
        return new(source, chain, key);
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
        var sets = reader.List<string>(Keys.RouteSets, Values.RouteSet);
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
        var h2 = reader.Scalar<UpstreamEndpoint?>(Keys.DecoyUpstreamH2, Values.Endpoint, null);
        if (chosen is [var choice] && choice.Path != Keys.DecoySite.Path)
        {
            return choice.Path == Keys.DecoyDirectory.Path
                ? new(Directory: reader.Scalar<string?>(Keys.DecoyDirectory, Values.FilePath, null))
                : new(Upstream: reader.Scalar<UpstreamEndpoint?>(Keys.DecoyUpstream, Values.Endpoint, null), UpstreamH2: h2);
        }
        _ = reader.Scalar(Keys.DecoySite, Values.OneOf(("built-in", true)), true);
        if (chosen.Count == 0 && values.Scalar(Keys.DecoyUpstreamH2) is { } alone)
            errors.Add(Keys.DecoyUpstreamH2, alone, $"{Keys.DecoyUpstream.Name} is missing, which serves HTTP/1.1; allowed: {Keys.DecoyUpstream.Allowed}");
        return Default.Decoy;
    }

    private LimitSettings Limits() => new()
    {
        MaxConnections = reader.Scalar<int?>(Keys.MaxConnections, Values.Count, Default.Limits.MaxConnections),
        ConnectionsPerSource = reader.Scalar(Keys.ConnectionsPerSource, Values.CountOrOff, Default.Limits.ConnectionsPerSource),
        HandshakesPerSecond = reader.Scalar(Keys.HandshakesPerSecond, Values.NumberOrOff(100_000), Default.Limits.HandshakesPerSecond),
        BytesPerSecond = reader.Scalar(Keys.BytesPerSecond, ByteSizes.Rate(SlowestRate, FastestRate), Default.Limits.BytesPerSecond),
        Budget = Budget(),
        HandshakeTimeout = reader.Scalar(Keys.HandshakeTimeout, Values.Duration(Shortest, Longest), Default.Limits.HandshakeTimeout),
        HelloTimeout = reader.Scalar(Keys.HelloTimeout, Values.Duration(Shortest, Longest), Default.Limits.HelloTimeout),
        ConnectTimeout = reader.Scalar(Keys.ConnectTimeout, Values.Duration(Shortest, Longest), Default.Limits.ConnectTimeout),
        IdleTimeout = reader.Scalar(Keys.IdleTimeout, Values.Duration(Shortest, Longest), Default.Limits.IdleTimeout),
        DrainTimeout = reader.Scalar(Keys.DrainTimeout, Values.Duration(TimeSpan.Zero, Longest), Default.Limits.DrainTimeout),
        HandoverTimeout = reader.Scalar(Keys.HandoverTimeout, Values.Duration(TimeSpan.Zero, Longest), Default.Limits.HandoverTimeout),
    };

    private AlertSettings Alerts()
    {
        var program = reader.Scalar<string?>(Keys.AlertsExec, Values.FilePath, null);
        if (program is not null && !File.Exists(program) && values.Scalar(Keys.AlertsExec) is { } given)
            errors.Add(Keys.AlertsExec, given, $"there is no such file; allowed: {Keys.AlertsExec.Allowed}");
        return new()
        {
            Exec = program,
            Webhook = reader.Scalar<string?>(Keys.AlertsWebhook, Values.HttpsAddress, null),
            SelfCheckAddress = reader.Scalar<ProxyAddress?>(Keys.AlertsSelfCheckAddress, Values.ProxyAddress, null),
            SelfCheck = reader.Scalar(Keys.AlertsSelfCheck, Values.OrOff(Values.Duration(ShortestSelfCheck, Longest)), Default.Alerts.SelfCheck),
        };
    }

    private BudgetSettings Budget()
    {
        var budget = new BudgetSettings
        {
            MonthlyBytes = reader.Scalar(Keys.MonthlyBytes, ByteSizes.Size(SmallestBudget, LargestBudget), Default.Limits.Budget.MonthlyBytes),
            ResetDay = reader.Scalar(Keys.MonthlyResetDay, Values.DayOfMonth, Default.Limits.Budget.ResetDay),
            SlowsWhenLow = reader.Scalar(Keys.WhenLow, Values.OneOf(("warn", false), ("slow", true)), Default.Limits.Budget.SlowsWhenLow),
            SlowsWhenSpent = reader.Scalar(Keys.WhenSpent, Values.OneOf(("refuse", false), ("slow", true)), Default.Limits.Budget.SlowsWhenSpent),
            SlowBytesPerSecond = reader.Scalar(Keys.SlowBytesPerSecond, ByteSizes.Rate(SlowestRate, FastestRate), Default.Limits.Budget.SlowBytesPerSecond),
        };
        if (!reader.IsGiven(Keys.MonthlyBytes))
            RefuseWithoutBudget(Keys.MonthlyResetDay, Keys.WhenLow, Keys.WhenSpent, Keys.SlowBytesPerSecond);
        return budget;
    }

    /// <summary>Who set one of these believes that there is a budget.</summary>
    private void RefuseWithoutBudget(params ReadOnlySpan<Key> keys)
    {
        foreach (var key in keys)
        {
            if (values.Scalar(key) is { } alone)
                errors.Add(key, alone, $"{Keys.MonthlyBytes.Name} is missing, which it is about; allowed: {Keys.MonthlyBytes.Allowed}");
        }
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
