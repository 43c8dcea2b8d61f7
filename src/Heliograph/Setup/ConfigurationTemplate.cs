using Heliograph.Configuration;

namespace Heliograph.Setup;

/// <summary>The keys that a new configuration file shows. docs/operating/configuration.md has all of them.</summary>
internal static class ConfigurationTemplate
{
    public const string Heading = $"""
        # The configuration of Heliograph, a Signal TLS proxy.
        #
        # A line that begins with a # and a letter is a key with its default, or an
        # example: remove the # to change it. Every key is explained in
        # {OperatingPages.Directory}/configuration.md.
        #
        #   heliograph config validate     checks this file
        #   heliograph config show         shows what is in effect
        #   heliograph config schema       lets your editor complete and check it
        """;

    /// <summary>In the order of the file; keys of a section stand together.</summary>
    public static IReadOnlyList<ConfigurationKey> Shown { get; } =
    [
        Keys.Domains,
        Keys.Listen,
        Keys.StateDirectory,
        Keys.HttpListen,
        Keys.MetricsListen,
        Keys.CertificateSource,
        Keys.CertificateChain,
        Keys.CertificateKey,
        Keys.Acme.Email,
        Keys.Acme.Directory,
        Keys.AcmeChallenges,
        Keys.AcmeKeyType,
        Keys.RouteSets,
        Keys.RouteHosts,
        Keys.AccessMode,
        Keys.DecoyDirectory,
        LimitKeys.MaxConnections,
        LimitKeys.HandshakeTimeout,
        LimitKeys.HelloTimeout,
        LimitKeys.ConnectTimeout,
        LimitKeys.IdleTimeout,
        LimitKeys.DrainTimeout,
        Keys.LogLevel,
    ];
}
