using Heliograph.Acme;
using Heliograph.Configuration;
using Heliograph.Platform;
using Spectre.Console;

namespace Heliograph.Cli.Init;

/// <summary>Offers unlisted names to whoever can get a wildcard certificate: a way to write records into DNS is configured.</summary>
internal static class UnlistedOffer
{
    /// <summary>For everyone else: what an open proxy cannot withhold.</summary>
    public const string Note =
        "Whoever finds this machine can find out that it is a proxy for Signal. With a wildcard certificate it can be a web site "
        + $"to all who have no link: {OperatingPages.Directory}/unlisted-names.md";

    private static readonly ConfigurationKey[] OfDns =
    [
        DnsKeys.Hook, DnsKeys.HookTimeout, DnsKeys.Rfc2136Server, DnsKeys.Rfc2136KeyName, DnsKeys.Rfc2136KeySecret,
        DnsKeys.Rfc2136Algorithm, DnsKeys.Rfc2136Zone, DnsKeys.Rfc2136Transport, DnsKeys.VisibleTimeout,
    ];

    /// <param name="console">The person's terminal.</param>
    /// <param name="flags">Has the domain; receives the answer.</param>
    /// <param name="existing">What the environment and an existing file give, with a way to write into DNS or without.</param>
    public static void Ask(IAnsiConsole console, Layer flags, LayeredValues existing)
    {
        if (flags.Children(Keys.Domains) is not [{ Value: var domain }]
            || domain.StartsWith('*')
            || InternetAddress.TryParse(domain, out _)
            || !(existing.IsGiven(DnsKeys.Hook) || existing.IsGiven(DnsKeys.Rfc2136Server)))
            return;
        console.WriteLine("A program or server for DNS records is configured, so a certificate for every name");
        console.WriteLine($"under {domain} can be had. Then only names that you make lead to Signal's hosts,");
        console.WriteLine("and under every other one this machine is a web site:");
        console.WriteLine($"{OperatingPages.Directory}/unlisted-names.md");
        if (!console.Prompt(new ConfirmationPrompt("  Unlisted names?") { DefaultValue = true }))
            return;
        flags.AddItem(Keys.Domains, "*." + domain, "--domain");
        flags.AddItem(Keys.AcmeChallenges, ChallengeTypes.Dns01, Keys.AcmeChallenges.Name);
        flags.SetScalar(Keys.AccessMode, "unlisted", "--access-mode");
        foreach (var key in OfDns)
        {
            if (existing.Scalar(key) is { } given)
                flags.SetScalar(key, given.Value, given.Origin);
        }
    }
}
