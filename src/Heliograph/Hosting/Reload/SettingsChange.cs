using Heliograph.Configuration;

namespace Heliograph.Hosting.Reload;

/// <summary>What differs between two configurations, and which of it can be had without a restart.</summary>
internal sealed record SettingsChange
{
    /// <summary>What connections accepted from now on are served by.</summary>
    private static readonly IReadOnlyList<Key> Serving =
    [
        Keys.RouteSets, Keys.RouteHosts, Keys.Passthrough, Keys.TrustedProxies,
        Keys.MaxConnections, Keys.ConnectionsPerSource, Keys.HandshakesPerSecond, Keys.BytesPerSecond,
        Keys.HandshakeTimeout, Keys.HelloTimeout, Keys.ConnectTimeout, Keys.IdleTimeout, Keys.DrainTimeout, Keys.HandoverTimeout,
        Keys.LogLevel,
    ];

    private static readonly IReadOnlyList<Key> DecoySite = [Keys.DecoySite, Keys.DecoyDirectory, Keys.DecoyUpstream, Keys.DecoyUpstreamH2];

    /// <summary>What the certificate is for and where it comes from.</summary>
    private static readonly IReadOnlyList<Key> Certification =
    [
        Keys.Domains, Keys.CertificateSource, Keys.CertificateChain, Keys.CertificateKey, .. Keys.Acme.All, Keys.AcmeChallenges, Keys.AcmeKeyType,
        .. Keys.AcmeFailover.All, .. Keys.Dns,
    ];

    /// <summary>The keys of which the value differs from the one in use and takes effect at once.</summary>
    public required IReadOnlyList<Key> Applied { get; init; }

    /// <summary>The keys of which the value differs from the one at the start and stays as it was. A key that is not named above is one of these.</summary>
    public required IReadOnlyList<Key> NeedRestart { get; init; }

    public bool Certificate => Applied.Any(Certification.Contains);

    public bool Decoy => Applied.Any(DecoySite.Contains);

    /// <param name="started">What the program was started with.</param>
    /// <param name="used">What is in use, of what can change.</param>
    /// <param name="read">What was read now; it has no errors.</param>
    public static SettingsChange Between(LoadedConfiguration started, LoadedConfiguration used, LoadedConfiguration read) => new()
    {
        Applied = [.. Keys.All.Where(IsLive).Where(key => Differs(key, used, read))],
        NeedRestart = [.. Keys.All.Where(static key => !IsLive(key)).Where(key => Differs(key, started, read))],
    };

    private static bool IsLive(Key key) => Serving.Contains(key) || DecoySite.Contains(key) || Certification.Contains(key);

    /// <summary>Whether a default is written out makes no difference. Maps and secrets are not told apart by what is shown of them.</summary>
    private static bool Differs(Key key, LoadedConfiguration one, LoadedConfiguration other) =>
        key.Kind == KeyKind.Map || key.Secret ? !Given(key, one).SequenceEqual(Given(key, other))
        : EffectiveYaml.Write(key, one.Settings!) != EffectiveYaml.Write(key, other.Settings!);

    private static IEnumerable<(string, string)> Given(Key key, LoadedConfiguration configuration) =>
        (key.Kind == KeyKind.Map ? configuration.Values.Map(key) : configuration.Values.Scalar(key) is { } given ? [given] : []).Select(static given => (given.Path, given.Value));
}
