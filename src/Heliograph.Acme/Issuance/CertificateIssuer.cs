using System.Buffers.Text;
using System.Security.Cryptography;
using Heliograph.Acme.Challenges;
using Heliograph.Acme.Dns;
using Heliograph.Acme.Protocol;
using Heliograph.Acme.Storage;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Issuance;

/// <summary>The requests to an authority, each in its own session.</summary>
internal sealed class CertificateIssuer
{
    // DNS can be slow for every name; an authority that takes longer than this is as good as down.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    private readonly AcmeOptions options;
    private readonly AccountStore accounts;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly IReadOnlyList<IChallengeSolver> solvers;

    public CertificateIssuer(
        AcmeOptions options, ChallengeResponders responders, AccountStore accounts, TimeProvider timeProvider, ILogger logger)
    {
        this.options = options;
        this.accounts = accounts;
        this.timeProvider = timeProvider;
        this.logger = logger;
        Identifiers = [.. options.Domains.Select(Identifier.Parse).Distinct()];
        solvers = [.. options.Challenges.Select(type => Solver(type, responders)).OfType<IChallengeSolver>()];
    }

    public IReadOnlyList<Identifier> Identifiers { get; }

    /// <summary>How many of them an order may try.</summary>
    public int SolverCount => solvers.Count;

    /// <param name="issuer">The authority to ask.</param>
    /// <param name="predecessor">The certificate in use.</param>
    /// <param name="pending">An order that a crash interrupted.</param>
    /// <param name="right">To order; looked at again before each step that the authority counts.</param>
    /// <param name="beforeFinalize">Remembers the order.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task<IssuedCertificate> IssueAsync(
        IssuerOptions issuer,
        IssuedCertificate? predecessor,
        PendingOrder? pending,
        IOrderRight right,
        Func<PendingOrder, Task> beforeFinalize,
        CancellationToken cancellationToken) =>
        InSessionAsync(issuer, async (session, cancellationToken) =>
        {
            if (pending is not null && await ResumeAsync(session, issuer, pending, right, cancellationToken) is { } found)
                return found;
            var directory = session.Directory;
            var request = new OrderRequest
            {
                Identifiers = Identifiers,
                KeyPem = CertificateKey.Generate(options.KeyType),
                KeyType = options.KeyType,
                Profile = ChooseProfile(issuer, directory),
                // Only the authority that issued a certificate knows it.
                Replaces = directory.RenewalInfo is not null && predecessor?.Directory == issuer.Directory ? predecessor.AriId : null,
                PreferredChain = issuer.PreferredChain,
            };
            var chain = await Driver(session, right).IssueAsync(request, url => beforeFinalize(new PendingOrder
            {
                Directory = issuer.Directory,
                OrderUrl = url.AbsoluteUri,
                KeyPem = request.KeyPem,
                Names = Names,
            }), cancellationToken);
            return Accept(chain, request.KeyPem, issuer, session);
        }, cancellationToken);

    public IReadOnlyList<string> Names => [.. Identifiers.Select(identifier => identifier.Value)];

    /// <summary>RFC 9773 section 4.1. Null when the authority makes no suggestions.</summary>
    public async Task<(RenewalInfoResource Info, TimeSpan? RetryAfter)?> SuggestionAsync(
        IssuerOptions issuer, string certificateId, CancellationToken cancellationToken)
    {
        using var transport = new AcmeTransport(issuer.CaRoot, options.RequestTimeout, timeProvider);
        var directory = await AcmeDirectory.FetchAsync(transport, issuer.Directory, cancellationToken);
        if (directory.RenewalInfo is not { } renewalInfo)
            return null;
        var response = await transport.GetAsync(new Uri($"{renewalInfo.AbsoluteUri.TrimEnd('/')}/{certificateId}"), cancellationToken);
        if (!response.IsSuccess)
            throw Refusals.Explain(response.ReadProblem(), response.RetryAfter, directory.Url.Host, [], directory.Meta);
        return (response.Read(AcmeJson.Default.RenewalInfoResource), response.RetryAfter);
    }

    public Task RevokeAsync(
        IssuerOptions issuer, IssuedCertificate certificate, RevocationReason reason, CancellationToken cancellationToken) =>
        InSessionAsync(issuer, async (session, cancellationToken) =>
        {
            var revoke = session.Directory.RevokeCert
                ?? throw new AcmeException(
                    AcmeFailure.Configuration, $"{session.Client.Authority} does not support revoking certificates.");
            using var leaf = certificate.OpenLeaf();
            var payload = Json.Write(json =>
            {
                json.WriteString("certificate", Base64Url.EncodeToString(leaf.RawData));
                json.WriteNumber("reason", (int)reason);
            });
            try
            {
                return await session.WithAccountAsync(
                    signer => session.Client.PostAsync(signer, revoke, payload, cancellationToken), cancellationToken);
            }
            catch (AcmeException exception) when (exception.Problem?.Kind == "alreadyRevoked")
            {
                return null;
            }
            catch (AcmeException exception) when (exception.Failure is AcmeFailure.Refused)
            {
                // Another account has ordered it: its own key may revoke it, too (RFC 8555 section 7.6).
                using var own = FindOwnKey(certificate);
                if (own is null)
                    throw;
                return await session.Client.PostAsync(new Signer(own, null), revoke, payload, cancellationToken);
            }
        }, cancellationToken);

    /// <returns>Null: requests cannot be signed with a key of its kind.</returns>
    private static AccountKey? FindOwnKey(IssuedCertificate certificate)
    {
        try
        {
            return AccountKey.FromPem(certificate.KeyPem);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public Task RollOverKeyAsync(IssuerOptions issuer, CancellationToken cancellationToken) =>
        InSessionAsync(issuer, async (session, cancellationToken) =>
        {
            await session.RollOverKeyAsync(cancellationToken);
            return true;
        }, cancellationToken);

    /// <summary>Where somebody else has the account's key.</summary>
    public IEnumerable<IssuerOptions> WithCompromisedAccount =>
        options.Issuers.SelectMany(static issuer => issuer.All).Where(issuer => accounts.Load(issuer.Directory) is { Compromised: true });

    /// <summary>Gives the account another key if somebody else has it, which is done as soon as a session opens.</summary>
    public Task LeaveCompromisedKeyAsync(IssuerOptions issuer, CancellationToken cancellationToken) =>
        InSessionAsync(issuer, static (_, _) => Task.FromResult(true), cancellationToken);

    private async Task<T> InSessionAsync<T>(
        IssuerOptions issuer, Func<AcmeSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(Limit, timeProvider);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            using var session = await AcmeSession.OpenAsync(issuer, accounts, options.RequestTimeout, timeProvider, logger, limit.Token);
            return await work(session, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AcmeException(AcmeFailure.Unreachable,
                $"{new Uri(issuer.Directory).Host} did not finish within {Limit.TotalMinutes:0} minutes; retrying later.");
        }
    }

    private async Task<IssuedCertificate?> ResumeAsync(
        AcmeSession session, IssuerOptions issuer, PendingOrder pending, IOrderRight right, CancellationToken cancellationToken)
    {
        try
        {
            var request = new OrderRequest
            {
                Identifiers = Identifiers,
                KeyPem = pending.KeyPem,
                KeyType = options.KeyType,
                PreferredChain = issuer.PreferredChain,
            };
            var chain = await Driver(session, right).FinishAsync(new Uri(pending.OrderUrl), request, cancellationToken);
            logger.OrderResumed();
            return Accept(chain, pending.KeyPem, issuer, session);
        }
        catch (AcmeException exception)
            when (exception.Failure is AcmeFailure.Refused or AcmeFailure.NotProven or AcmeFailure.NotAcme or AcmeFailure.Unfinished)
        {
            logger.OrderNotResumed(exception.Message);
            return null;
        }
    }

    private OrderDriver Driver(AcmeSession session, IOrderRight right) => new(session, solvers, right, timeProvider, logger);

    private IssuedCertificate Accept(string chain, string key, IssuerOptions issuer, AcmeSession session) =>
        CertificateCheck.Accept(chain, key, issuer, Identifiers, timeProvider.GetUtcNow(), session.Client.Transport.ClockAhead);

    /// <summary>Requests a profile only where it is offered. Let's Encrypt issues for addresses only under <c>shortlived</c>.</summary>
    private string? ChooseProfile(IssuerOptions issuer, AcmeDirectory directory)
    {
        const string shortlived = "shortlived";
        if (issuer.Profile is not { } wanted)
        {
            return Identifiers.Any(identifier => identifier.IsAddress) && directory.Profiles.Contains(shortlived, StringComparer.Ordinal)
                ? shortlived
                : null;
        }

        if (directory.Profiles.Contains(wanted, StringComparer.Ordinal))
            return wanted;
        var offer = directory.Profiles.Any()
            ? $"it offers {string.Join(", ", directory.Profiles.Take(20).Select(name => Text.Clean(name)))}"
            : "it offers no profiles";
        throw new AcmeException(
            AcmeFailure.Configuration,
            $"acme.profile: {directory.Url.Host} does not offer '{wanted}'; {offer}. Change the key or remove it.");
    }

    private IChallengeSolver? Solver(string type, ChallengeResponders responders) => type switch
    {
        ChallengeTypes.TlsAlpn01 when responders.TlsAlpn is { } responder => Share(new TlsAlpnSolver(responder, timeProvider), responders),
        ChallengeTypes.Http01 when responders.Http is { } responder => Share(new HttpSolver(responder), responders),
        ChallengeTypes.Dns01 when options.Dns is { } dns => new DnsSolver(Records(dns)),
        _ => null,
    };

    private static IChallengeSolver Share(IChallengeSolver solver, ChallengeResponders responders) =>
        responders.Others is { } others ? new SharingSolver(solver, others) : solver;

    private IDnsRecords Records(DnsOptions dns)
    {
        var resolver = new SystemResolver(logger);
        var visibility = new DnsVisibility(dns, resolver, timeProvider, logger);
        return dns.Rfc2136 is { } update
            ? new Rfc2136Records(update, resolver, visibility, timeProvider, logger)
            : new HookRecords(dns.Hook!, dns.HookTimeout, visibility, logger);
    }
}
