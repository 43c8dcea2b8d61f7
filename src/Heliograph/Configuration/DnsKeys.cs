namespace Heliograph.Configuration;

/// <summary>The keys of validation through DNS, which <c>acme.dns</c> has.</summary>
internal static class DnsKeys
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public static readonly ConfigurationKey Hook = Sections.Dns.Key(
        "hook", Kinds.Path("the path of a program that is called as: HOOK present|cleanup FQDN VALUE", "path of a program"),
        static dns => dns.Hook, static (dns, value) => dns with { Hook = value },
        "For dns-01: a program that creates and removes the DNS record.",
        OnReload.ReopensCertificate, example: "/etc/heliograph/dns-hook");

    public static readonly ConfigurationKey HookTimeout = Sections.Dns.Key(
        "hook_timeout", Kinds.Duration(Shortest, Longest),
        static dns => dns.HookTimeout, static (dns, value) => dns with { HookTimeout = value },
        "How long one call of acme.dns.hook may take.",
        OnReload.ReopensCertificate, countsIf: static dns => dns.Hook is not null);

    public static readonly ConfigurationKey Rfc2136Server = Sections.Rfc2136.Key(
        "server", Kinds.Word("the address of the zone's primary name server, with its port if that is not 53"),
        static update => update.Server, static (update, value) => update with { Server = value },
        "For dns-01: the primary name server of the zone, which takes signed updates (RFC 2136).",
        OnReload.ReopensCertificate, example: "192.0.2.53");

    public static readonly ConfigurationKey Rfc2136KeyName = Sections.Rfc2136.Key(
        "key_name", Kinds.Word("the name of the TSIG key"),
        static update => update.KeyName, static (update, value) => update with { KeyName = value },
        "The name of the TSIG key that signs the updates.",
        OnReload.ReopensCertificate, example: "acme-update");

    public static readonly ConfigurationKey Rfc2136KeySecret = Sections.Rfc2136.Key(
        "key_secret", Kinds.Word("the secret of the TSIG key, in base64"),
        static update => update.KeySecret, static (update, value) => update with { KeySecret = value },
        "The TSIG key itself, in base64. It is a secret.",
        OnReload.ReopensCertificate, example: "bXktc2VjcmV0", isSecret: true);

    public static readonly ConfigurationKey Rfc2136Algorithm = Sections.Rfc2136.Key(
        "algorithm", Kinds.Choice(Words.TsigAlgorithms),
        static update => update.Algorithm, static (update, value) => update with { Algorithm = value },
        "The algorithm of the TSIG key.",
        OnReload.ReopensCertificate);

    public static readonly ConfigurationKey Rfc2136Zone = Sections.Rfc2136.Key(
        "zone", Kinds.Word("the name of the zone that holds the records"),
        static update => update.Zone, static (update, value) => update with { Zone = value },
        "The zone to update. Without it the server is asked.",
        OnReload.ReopensCertificate, example: "example.org");

    public static readonly ConfigurationKey Rfc2136Transport = Sections.Rfc2136.Key(
        "transport", Kinds.Choice(Words.DnsTransports),
        static update => update.Transport, static (update, value) => update with { Transport = value },
        "How updates are sent. udp changes to TCP for an answer that does not fit.",
        OnReload.ReopensCertificate);

    public static readonly ConfigurationKey VisibleAt = Sections.Dns.Key(
        "visible_at", new ListKind<string>(Kinds.NameServer),
        static dns => dns.VisibleAt, static (dns, value) => dns with { VisibleAt = value },
        "Name servers that must show the DNS record before the authority is asked to check it.",
        OnReload.ReopensCertificate, example: "192.0.2.53");

    public static readonly ConfigurationKey VisibleTimeout = Sections.Dns.Key(
        "visible_timeout", Kinds.Duration(Shortest, Longest),
        static dns => dns.VisibleTimeout, static (dns, value) => dns with { VisibleTimeout = value },
        "How long to wait until the name servers show the record. After that the authority is asked anyway.",
        OnReload.ReopensCertificate);

    /// <summary>In the order in which they are documented and shown.</summary>
    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Hook, HookTimeout,
        Rfc2136Server, Rfc2136KeyName, Rfc2136KeySecret, Rfc2136Algorithm, Rfc2136Zone, Rfc2136Transport,
        VisibleAt, VisibleTimeout,
    ];
}
