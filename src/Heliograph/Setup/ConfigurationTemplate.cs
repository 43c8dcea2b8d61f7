using Heliograph.Configuration;

namespace Heliograph.Setup;

/// <summary>A key as the new configuration file has it.</summary>
/// <param name="Key">The key.</param>
/// <param name="Note">What it is for, in lines of at most 76 letters.</param>
/// <param name="Example">What stands there, commented out, where the key has no default.</param>
internal sealed record TemplateEntry(Key Key, string Note, string? Example = null);

/// <summary>The keys that somebody who sets up a proxy may want to change. docs/operating/configuration.md has all of them.</summary>
internal static class ConfigurationTemplate
{
    public const string Heading = """
        # The configuration of Heliograph, a Signal TLS proxy.
        #
        # A line that begins with a # and a letter is a key with its default, or an
        # example: take the # away to change it. Every key is explained in
        # docs/operating/configuration.md.
        #
        #   heliograph config validate     checks this file
        #   heliograph config show         shows what is in effect
        """;

    /// <summary>In the order of the file; those of a section stand together.</summary>
    public static IReadOnlyList<TemplateEntry> Entries { get; } =
    [
        new(Keys.Domains, """
            What clients type: DNS names that lead to this machine, or IP addresses.
            The certificate is for these names, and each has its share link.
            """),
        new(Keys.Listen, """
            Where clients connect. Signal for Android knows port 443 only.
            """),
        new(Keys.StateDirectory, """
            The certificate and its account, and what else must outlive the program.
            """),
        new(Keys.HttpListen, """
            Plain HTTP: sends visitors to https, and is the certificate authority's
            second way to check the name. [] turns it off.
            """),
        new(Keys.MetricsListen, """
            Figures for Prometheus, and /healthz. They are nobody else's business: keep
            it on loopback. [] turns it off.
            """),
        new(Keys.CertificateSource, """
            acme gets the certificate and renews it; files takes one that another
            program renews, from the two files below; self-signed is for trying out.
            """),
        new(Keys.CertificateChain, "", "/etc/letsencrypt/live/proxy.example.org/fullchain.pem"),
        new(Keys.CertificateKey, "", "/etc/letsencrypt/live/proxy.example.org/privkey.pem"),
        new(Keys.Acme.Email, """
            The certificate authority may write to you here.
            """, "you@example.org"),
        new(Keys.Acme.Directory, """
            The certificate authority: Let's Encrypt, or another that speaks ACME.
            """),
        new(Keys.AcmeChallenges, """
            How the authority checks the name, in the order in which they are tried:
            on port 443, on port 80, or (dns-01) by a record in DNS.
            """),
        new(Keys.AcmeKeyType, """
            ecdsa-p256 or rsa-2048.
            """),
        new(Keys.RouteSets, """
            The hosts that are relayed. Everything else gets the decoy web site.
            """),
        new(Keys.RouteHosts, """
            Hosts of your own.
            """, "{ chat.example.org: \"192.0.2.10:443\" }"),
        new(Keys.DecoyDirectory, """
            The web site for everyone without a Signal client: a directory of yours, or
            (upstream) a web server of yours. Without either, one that is made for this
            installation and looks like no other's.
            """, "/srv/www"),
        new(Keys.MaxConnections, """
            Connections at a time. auto: what memory and file descriptors suffice for.
            """),
        new(Keys.HandshakeTimeout, """
            How long anything may take; a whole number and ms, s, m, h or d.
            """),
        new(Keys.HelloTimeout, ""),
        new(Keys.ConnectTimeout, ""),
        new(Keys.IdleTimeout, """
            After this long without a byte a connection is closed. Apps are silent for
            half a minute at most.
            """),
        new(Keys.DrainTimeout, """
            How long open connections may go on when the server is stopped.
            """),
        new(Keys.LogLevel, """
            trace, debug, info, warning or error. No level logs who connects.
            """),
    ];
}
