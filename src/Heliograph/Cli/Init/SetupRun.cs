using Heliograph.Acme;
using Heliograph.Cli.Check;
using Heliograph.Cli.Link;
using Heliograph.Configuration;
using Heliograph.Control;
using Heliograph.Hosting;
using Heliograph.Machine;
using Heliograph.Platform;
using Heliograph.Setup;
using Heliograph.Sharing;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Heliograph.Cli.Init;

/// <summary>Checks the machine, writes the file, and says what comes next.</summary>
internal sealed class SetupRun(SetupPlan plan, SetupDialogue dialogue, TextWriter output, TimeProvider timeProvider)
{
    private readonly IAnsiConsole console = dialogue.Console;

    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        var replace = plan.Replace || ConfigurationFile.IsBlank(plan.File);
        if (!plan.DryRun && !replace && File.Exists(plan.File) && !(replace = dialogue.MayReplace(plan.File)))
            return ExitCode.Failed;
        var failures = await CheckAsync(cancellationToken);
        console.WriteLine();
        if (plan.DryRun)
        {
            console.WriteLine($"{plan.File} would be:");
            console.WriteLine();
            output.Write(plan.Text);
        }
        else
        {
            ConfigurationFile.Write(plan.File, plan.Text, replace);
            console.MarkupLineInterpolated($"[bold]Wrote {plan.File}[/]");
        }
        if (plan.Checkout is not null)
            console.WriteLine(await AdoptAsync(plan.Checkout, cancellationToken));
        ShowLinks();
        ShowNext(failures);
        return failures.Count == 0 ? ExitCode.Done : ExitCode.Warnings;
    }

    /// <summary>Runs every check, and shows each finding at once.</summary>
    /// <returns>The names of the checks that failed.</returns>
    private async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        console.MarkupLine("[bold]This machine[/]");
        var failures = new List<string>();
        var running = await ListeningCommand.AskAsync(plan.Settings.StateDirectory, timeProvider, cancellationToken);
        foreach (var check in MachineChecks.For(plan.Settings, plan.Offline, running, timeProvider))
        {
            var finding = Expected(await check.RunAsync(cancellationToken));
            FindingText.Write(console, finding);
            if (finding.Severity == Severity.Failure)
                failures.Add(finding.Name);
        }
        return failures;
    }

    /// <summary>The ports of the proxy to be replaced are in use until it is stopped, which is the next step.</summary>
    private Finding Expected(Finding finding) => plan.Checkout is not null && finding is { Severity: Severity.Failure, Held: true }
        ? finding with { Severity = Severity.Warning, Remedy = "This is expected while Signal-TLS-Proxy runs; stop it as shown below." }
        : finding;

    private async Task<string> AdoptAsync(ProxyCheckout checkout, CancellationToken cancellationToken)
    {
        var acme = plan.Settings.Acme;
        const string ordered = "a new one is ordered at the first start";
        if (plan.Settings.Certificate.Source != CertificateOrigin.Acme)
            return "Its certificate is not taken over, because certificate.source is not acme.";
        if (checkout.Authority != acme.Directory)
            return $"Its certificate is not taken over, because it is from {checkout.Authority}, not from acme.directory; {ordered}.";
        if (checkout.NotAfter <= timeProvider.GetUtcNow())
            return $"Its certificate expired on {checkout.NotAfter:yyyy-MM-dd}; {ordered}.";
        var until = $"valid until {checkout.NotAfter:yyyy-MM-dd}";
        if (plan.DryRun)
            return $"Its certificate, {until}, would be taken over.";
        try
        {
            using var logs = Logging.Create(LogLevel.Warning);
            var owner = FileOwner.OfPath(acme.StateDirectory);
            var target = new DirectoryInfo(Path.Combine(acme.StateDirectory, CertificateManager.DirectoryName));
            if (target.LinkTarget is not null)
                return $"Its certificate is not taken over, because {target.FullName} is a symbolic link, " +
                    $"which root does not follow; {ordered}.";
            var adopted = await Adoption.AdoptAsync(
                acme, checkout.ChainPem, checkout.KeyPem, timeProvider, logs.CreateLogger("Heliograph"), cancellationToken);
            GiveTo(owner, Path.Combine(acme.StateDirectory, CertificateManager.DirectoryName));
            return adopted
                ? $"Took over its certificate, {until}; Heliograph renews it from now on."
                : $"{acme.StateDirectory} already has a certificate that lasts as long as its own.";
        }
        catch (AcmeException exception)
        {
            return $"Its certificate is not taken over: {exception.Message} {char.ToUpperInvariant(ordered[0])}{ordered[1..]}.";
        }
    }

    /// <summary>Files that root creates in the state directory of a service must belong to the service.</summary>
    private static void GiveTo(FileOwner? owner, string directory)
    {
        if (!Environment.IsPrivilegedProcess || owner is not { User: > 0 } service)
            return;
        service.GiveAll(directory);
    }

    private void ShowLinks()
    {
        console.WriteLine();
        if (plan.Settings.Access.IsUnlisted)
        {
            console.WriteLine("Only names that you make lead to Signal's hosts. Once the server runs, make one for each group:");
            console.WriteLine();
            console.WriteLine($"  {(Environment.IsPrivilegedProcess ? Sudo.Prefix : "")}heliograph link new family");
            return;
        }
        console.WriteLine("The link to give to people you know:");
        console.WriteLine();
        List<ShareLink> links = [.. plan.Settings.Domains.Select(static domain => new ShareLink(domain))];
        LinkText.Write(output, links, sgnl: false, plan.WithQr);
        foreach (var warning in links.SelectMany(static link => link.Warnings).Distinct(StringComparer.Ordinal))
            console.MarkupLineInterpolated($"[yellow]![/] {warning}");
        console.WriteLine();
        console.MarkupLineInterpolated($"[dim]{UnlistedOffer.Note}[/]");
    }

    private void ShowNext(IReadOnlyList<string> failures)
    {
        console.WriteLine();
        if (failures.Count > 0)
            console.MarkupLineInterpolated(
                $"[red]First fix what is marked ✗ above[/] ({string.Join(", ", failures)}). [bold]Then:[/]");
        else
            console.MarkupLine("[bold]Next:[/]");
        if (plan.Checkout is not null)
            console.WriteLine($"  (cd {plan.Checkout.Root} && {(Environment.IsPrivilegedProcess ? Sudo.Prefix : "")}docker compose down)");
        console.WriteLine($"  {NextCommand.For(plan.File, plan.Settings)}");
        if (plan.Settings.Certificate.Source != CertificateOrigin.Acme)
            return;
        console.WriteLine();
        console.WriteLine(plan.Settings.Acme.Directory == AcmeOptions.LetsEncrypt
            ? "It gets a certificate from Let's Encrypt; by running it you accept their terms:\nhttps://letsencrypt.org/repository/"
            : $"It gets a certificate from {new Uri(plan.Settings.Acme.Directory).Authority}; by running it you accept their terms.");
    }
}
