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
        + "to all who have no link: docs/operating/unlisted-names.md";

    /// <param name="console">The person's terminal.</param>
    /// <param name="flags">Has the domain; receives the answer.</param>
    /// <param name="load">The configuration that flags give.</param>
    public static void Ask(IAnsiConsole console, Layer flags, Func<Action<Layer>, LoadedConfiguration> load)
    {
        if (flags.Children(Keys.Domains) is not [{ Value: var domain }]
            || domain.StartsWith('*')
            || InternetAddress.TryParse(domain, out _)
            || load(layer => Answer(layer, domain)).Settings?.Acme.Dns is not ({ Hook: not null } or { Rfc2136: not null }))
            return;
        console.WriteLine("A program or server for DNS records is configured, so a certificate for every name");
        console.WriteLine($"under {domain} can be had. Then only names that you make lead to Signal's hosts,");
        console.WriteLine("and under every other one this machine is a web site (docs/operating/unlisted-names.md).");
        if (console.Prompt(new ConfirmationPrompt("  Unlisted names?") { DefaultValue = true }))
            Answer(flags, domain, isNew: false);
    }

    private static void Answer(Layer layer, string domain, bool isNew = true)
    {
        if (isNew)
            layer.AddItem(Keys.Domains, domain, "--domain");
        layer.AddItem(Keys.Domains, "*." + domain, "--domain");
        layer.AddItem(Keys.AcmeChallenges, ChallengeTypes.Dns01, Keys.AcmeChallenges.Name);
        layer.SetScalar(Keys.AccessMode, "unlisted", "--access-mode");
    }
}
