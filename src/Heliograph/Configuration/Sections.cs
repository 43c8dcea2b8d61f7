using Heliograph.Acme;
using Heliograph.Relay;

namespace Heliograph.Configuration;

/// <summary>
/// The sections of the configuration, each with the part of the settings that it fills. What the part has by itself is the default.
/// </summary>
internal static class Sections
{
    public static readonly Section<Settings> Top = new("", static settings => settings,
        static (_, settings) => settings, static () => Settings.Default);

    public static readonly Section<Settings> Http = Same("http");
    public static readonly Section<Settings> Tls = Same("tls");
    public static readonly Section<Settings> Relaying = Same("relay");
    public static readonly Section<Settings> Metrics = Same("metrics");
    public static readonly Section<Settings> Log = Same("log");

    public static readonly Section<CertificateSettings> Certificate = Top.Inner(
        "certificate", static settings => settings.Certificate, static (settings, part) => settings with { Certificate = part },
            static () => new());

    public static readonly Section<AcmeOptions> Acme = Top.Inner(
        "acme", static settings => settings.Acme, static (settings, part) => settings with { Acme = part },
            static () => Settings.Default.Acme);

    /// <summary>The first authority: its keys stand in <c>acme</c> itself.</summary>
    public static readonly Section<IssuerOptions> Issuer = Acme.Inner(
        "", static acme => FirstIssuer(acme), static (acme, part) => WithFirstIssuer(acme, part),
            static () => FirstIssuer(Settings.Default.Acme));

    public static readonly Section<IssuerOptions> Failover = Acme.Inner(
        "failover", static acme => acme.Failover, static (acme, part) => acme with { Failover = part },
            static () => new IssuerOptions { Directory = "" });

    public static readonly Section<DnsOptions> Dns = Acme.Inner(
        "dns", static acme => acme.Dns, static (acme, part) => acme with { Dns = part }, static () => new());

    public static readonly Section<Rfc2136Options> Rfc2136 = Dns.Inner(
        "rfc2136", static dns => dns.Rfc2136, static (dns, part) => dns with { Rfc2136 = part },
        static () => new Rfc2136Options { Server = "", KeyName = "", KeySecret = "" });

    public static readonly Section<RouteSettings> Routes = Top.Inner(
        "routes", static settings => settings.Routes, static (settings, part) => settings with { Routes = part }, static () => new());

    public static readonly Section<UpstreamSettings> Upstream = Top.Inner(
        "upstream", static settings => settings.Upstream, static (settings, part) => settings with { Upstream = part }, static () => new());

    public static readonly Section<DecoySettings> Decoy = Top.Inner(
        "decoy", static settings => settings.Decoy, static (settings, part) => settings with { Decoy = part }, static () => new());

    public static readonly Section<LimitSettings> Limits = Top.Inner(
        "limits", static settings => settings.Limits, static (settings, part) => settings with { Limits = part }, static () => new());

    /// <summary>Those of <c>limits</c> that the relay knows by itself.</summary>
    public static readonly Section<RelayLimits> Relay = Limits.Inner(
        "", static limits => limits.Relay, static (limits, part) => limits with { Relay = part }, static () => new());

    /// <summary>Those of <c>limits</c> that are about the month's traffic.</summary>
    public static readonly Section<BudgetSettings> Budget = Limits.Inner(
        "", static limits => limits.Budget, static (limits, part) => limits with { Budget = part }, static () => new());

    public static readonly Section<AlertSettings> Alerts = Top.Inner(
        "alerts", static settings => settings.Alerts, static (settings, part) => settings with { Alerts = part }, static () => new());

    public static readonly Section<AccessSettings> Access = Top.Inner(
        "access", static settings => settings.Access, static (settings, part) => settings with { Access = part }, static () => new());

    /// <summary>A section of which the settings have no part of its own.</summary>
    private static Section<Settings> Same(string name) =>
        Top.Inner(name, static settings => settings, static (_, settings) => settings, static () => Settings.Default);

    private static IssuerOptions FirstIssuer(AcmeOptions acme) => new()
    {
        Directory = acme.Directory,
        StagingDirectory = acme.StagingDirectory,
        Email = acme.Email,
        Profile = acme.Profile,
        CaRoot = acme.CaRoot,
        Eab = acme.Eab,
        PreferredChain = acme.PreferredChain,
    };

    private static AcmeOptions WithFirstIssuer(AcmeOptions acme, IssuerOptions issuer) => acme with
    {
        Directory = issuer.Directory,
        StagingDirectory = issuer.StagingDirectory,
        Email = issuer.Email,
        Profile = issuer.Profile,
        CaRoot = issuer.CaRoot,
        Eab = issuer.Eab,
        PreferredChain = issuer.PreferredChain,
    };
}
