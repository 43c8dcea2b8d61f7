using Heliograph.Access;
using Heliograph.Acme;
using Heliograph.Acme.Storage;
using Heliograph.Certificates;
using Heliograph.Checking;
using Heliograph.Configuration;
using Heliograph.Control;
using Heliograph.Membership;
using Microsoft.Extensions.Logging;

namespace Heliograph.Cli.Fleet;

/// <summary>Has replaced what a machine in the wrong hands knew, and says what became of it and what is left to do.</summary>
/// <param name="access">What the fleet shares, under the key that the machine does not have.</param>
/// <param name="settings">This machine's; null: they have errors.</param>
/// <param name="output">For the person who waits.</param>
/// <param name="logger">Logs what an authority says.</param>
internal sealed class CompromisedKeys(FleetAccess access, Settings? settings, TextWriter output, ILogger logger)
{
    /// <summary>Far longer than an order takes.</summary>
    private static readonly TimeSpan OrderTimeout = TimeSpan.FromMinutes(10);

    /// <param name="stateDirectory">Whose server is asked to do it at once; others would do it within minutes.</param>
    /// <param name="removal">What is to be replaced.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="Heliograph.Fleet.FleetException">etcd does not answer, or refuses.</exception>
    public async Task ReplaceAsync(string stateDirectory, Removal removal, CancellationToken cancellationToken)
    {
        if (removal.Marked.Count == 0)
        {
            await access.Documents.ReadAsync(cancellationToken);
            output.WriteLine(
                "The fleet shares no certificate of an authority and no ACME account, so nothing is replaced. If the machine had a " +
                "certificate in files (certificate.source: files), replace it and its key where it comes from, and have it revoked there.");
        }
        else
        {
            var renew = new ControlRequest { Command = CertificateCommands.Renew };
            var answer = await ControlClient.AskAsync(stateDirectory, renew, OrderTimeout, TimeProvider.System, cancellationToken);
            await access.Documents.ReadAsync(cancellationToken);
            var unused = await RevokeUnusedAsync(removal, cancellationToken);
            TellOf([.. removal.Marked.Except(unused, StringComparer.Ordinal)], answer);
        }
        if (new SharedBook(() => access, TimeProvider.System).Find() is { Groups.Count: > 0 })
            output.WriteLine("It also knows every link: give the groups new names (heliograph link rotate NAME).");
    }

    /// <summary>Certificates of names that no machine has any more: nobody replaces them, and they are valid until they expire.</summary>
    /// <returns>The documents that nobody else does anything about.</returns>
    private async Task<IReadOnlyList<string>> RevokeUnusedAsync(Removal removal, CancellationToken cancellationToken)
    {
        var unused = new List<string>();
        if (settings is not { Certificate.Source: CertificateOrigin.Acme })
            return unused;
        foreach (var name in removal.Marked.Where(SharedStore.IsCertificate))
        {
            if (name == SharedStore.NameOf(settings.Acme.Domains) || Find(name) is not { Refusal: null })
                continue;
            try
            {
                var domains = name.Split(' ')[1..];
                await using var manager = AcmeSource.OpenStored(
                    settings.Acme with { Domains = domains }, TimeProvider.System, logger, new SharedStore(() => access, domains));
                if (manager.Current is not { } certificate
                    || removal.Served.Contains(certificate.SerialNumber, StringComparer.OrdinalIgnoreCase))
                    continue;
                unused.Add(name);
                await manager.RevokeAsync(RevocationReason.KeyCompromise, cancellationToken);
                output.WriteLine($"The certificate for {Describe(name)}, which no machine that is up serves, is revoked.");
            }
            catch (Exception exception) when (exception is AcmeException or StartException)
            {
                output.WriteLine(
                    $"The certificate for {Describe(name)}, which no machine that is up serves, is not revoked: {exception.Message} Ask " +
                    "its authority to revoke it: until it expires, whoever has its key can use it.");
            }
        }
        return unused;
    }

    private void TellOf(IReadOnlyList<string> marked, ControlResponse? answer)
    {
        foreach (var name in marked)
        {
            if (Find(name) is { Refusal: { } refusal })
                output.WriteLine(
                    $"The certificate for {Describe(name)} is replaced, but the one of before is not revoked: " +
                    $"{Untrusted.Line(refusal, 400)} Ask that authority to revoke it: until it expires, whoever has its key can use it.");
            else if (IsOfNobody(name))
                output.WriteLine($"{Sentence(name)}, which is not configured here, gets another key when it is used again.");
        }
        var left = marked.Where(name => Find(name) is { Refusal: null } && !IsOfNobody(name)).ToList();
        if (left.Count > 0)
        {
            output.WriteLine(
                $"To be replaced: {string.Join("; ", left.Select(Describe))}. " + answer switch
                {
                    null => "No server runs here; a machine that is up does the rest within ten minutes.",
                    { Ok: false, Message: { } problem } =>
                        $"The server here could not do it now: {problem} A machine that is up tries again.",
                    _ => "A machine that is up does the rest within ten minutes; its log says if it cannot.",
                });
            return;
        }
        var done = marked.Where(name => Find(name) is null).ToList();
        var (hasAccount, hasCertificate) = (done.Exists(SharedStore.IsAccount), done.Exists(SharedStore.IsCertificate));
        if (hasAccount || hasCertificate)
            output.WriteLine(
                !hasCertificate ? "The account has a new key."
                : (hasAccount ? "The account has a new key, the certificate is replaced," : "The certificate is replaced,") +
                    " and the one of before is revoked.");
    }

    private CompromiseMark? Find(string document) =>
        access.Documents.Find(document) is { } found ? Compromise.Find(found.Payload) : null;

    /// <summary>An account of an authority that nothing is asked of, as far as this machine's configuration says.</summary>
    private bool IsOfNobody(string document) =>
        SharedStore.IsAccount(document) && settings is not null && Find(document) is { } mark
        && !settings.Acme.Directories.Contains(mark.Directory, StringComparer.Ordinal);

    private string Describe(string document) => SharedStore.IsAccount(document)
        ? $"the account at {(Uri.TryCreate(Find(document)?.Directory, UriKind.Absolute, out var uri) ? Untrusted.Line(uri.Host) : "?")}"
        : SharedStore.IsCertificate(document) ? string.Join(", ", SharedStore.NamesOf(document)) : document;

    private string Sentence(string document) => Describe(document) is var words ? char.ToUpperInvariant(words[0]) + words[1..] : "";
}
