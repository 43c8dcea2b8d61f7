using Heliograph.Relay.Access;
using Heliograph.Relay.Countries;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Limits;
using Heliograph.Relay.OuterTls;
using Heliograph.Relay.ProxyProtocol;
using Heliograph.Relay.Routing;
using Microsoft.Extensions.Logging;

namespace Heliograph.Relay;

/// <summary>What all connections of a relay share, whatever their loop. From any thread.</summary>
internal sealed class RelayContext
{
    private volatile RelayOptions options;
    private volatile TrustedProxies trustedProxies;
    private volatile AccessTable? access;
    private volatile SourceRules? sources;
    private volatile CountryTable? countries;

    public RelayContext(
        RelayOptions options, ServedCertificate certificate, ZoneHosts zoneHosts, TimeProvider timeProvider, ILogger logger)
    {
        ZoneHosts = zoneHosts;
        this.options = options;
        trustedProxies = new TrustedProxies(options.TrustedProxies);
        access = options.Access;
        sources = options.Sources;
        Certificate = certificate;
        Validations = options.Validations;
        Admission = new Admission(options, timeProvider, logger);
        Own = new OwnFlights(timeProvider);
        Alarm = new UpstreamAlarm(logger);
        Logger = logger;
    }

    /// <summary>The options in effect.</summary>
    public RelayOptions Options => options;

    public DecoyEndpoints Decoy => options.Decoy;

    public RouteTable Routes => options.Routes;

    public ZoneHosts ZoneHosts { get; }

    public PassthroughTable Passthrough => options.Passthrough;

    /// <summary>The outer names that are relayed; null: all are.</summary>
    public AccessTable? Access => access;

    /// <summary>Whom nothing is relayed for; null: nobody is looked up.</summary>
    public SourceRules? Sources => sources;

    /// <summary>Which country a client is in; null: nobody is looked up.</summary>
    public CountryTable? Countries => countries;

    public TrustedProxies TrustedProxies => trustedProxies;

    public ServedCertificate Certificate { get; }

    public PendingValidations Validations { get; }

    public Admission Admission { get; }

    public ServerCounters Counters { get; } = new();

    public OwnFlights Own { get; }

    public UpstreamAlarm Alarm { get; }

    public ILogger Logger { get; }

    /// <summary>The route for an inner name, in lower case, or null: the decoy. Never waits.</summary>
    public Route? FindRoute(string? name)
    {
        var routes = Routes;
        return routes.Find(name) ?? (name is null ? null : ZoneHosts.Find(routes, name));
    }

    /// <summary>From now on these options are in effect.</summary>
    public void Use(RelayOptions changed)
    {
        options = changed;
        trustedProxies = new TrustedProxies(changed.TrustedProxies);
        Admission.Use(changed);
    }

    /// <summary>From now on these outer names are relayed.</summary>
    public void Use(AccessTable? changed) => access = changed;

    /// <summary>From now on nothing is relayed for these sources.</summary>
    public void Use(SourceRules? changed) => sources = changed;

    /// <summary>From now on countries are counted by this table.</summary>
    public void Use(CountryTable? changed) => countries = changed;
}
