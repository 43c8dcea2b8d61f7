using Heliograph.Acme.Issuance;
using Heliograph.Acme.Storage;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Renewal;

/// <summary>Checks whether anything is due for the certificate, and if so does it. Everything it bases a decision on is stored.</summary>
internal sealed class Renewer
{
    /// <summary>Another machine's order takes half a minute; it may also end without a certificate.</summary>
    private static readonly TimeSpan PauseWhileElsewhere = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PauseWhileAway = TimeSpan.FromSeconds(30);

    private readonly AcmeOptions options;
    private readonly CertificateIssuer issuer;
    private readonly CertificateStore store;
    private readonly CircumstancesProbe probe;
    private readonly TimeProvider timeProvider;
    private readonly Random random;
    private readonly ILogger logger;
    private readonly Action<IssuedCertificate> publish;

    private CertificateState state = new();

    /// <summary>The attempts before the one in progress, which is already stored as a failure.</summary>
    private volatile Attempts? before;

    /// <summary>The state in memory is newer than what is stored, which could not be written.</summary>
    private bool unsaved;

    /// <summary>While this machine orders.</summary>
    private IOrderRight? right;

    /// <summary>Instead of the schedule's, while another machine orders, or nothing can be shared.</summary>
    private TimeSpan? pause;

    public Renewer(
        AcmeOptions options,
        CertificateIssuer issuer,
        CertificateStore store,
        CircumstancesProbe probe,
        TimeProvider timeProvider,
        Random random,
        ILogger logger,
        Action<IssuedCertificate> publish)
    {
        this.options = options;
        this.issuer = issuer;
        this.store = store;
        this.probe = probe;
        this.timeProvider = timeProvider;
        this.random = random;
        this.logger = logger;
        this.publish = publish;
    }

    public CertificateState State => state;

    public IssuedCertificate? Certificate { get; private set; }

    public bool IsUnderWay => before is not null;

    /// <summary>How long to sleep before the next look.</summary>
    public TimeSpan Sleep => pause ?? Schedule.Sleep;

    /// <summary>The finished attempts.</summary>
    public Attempts Ended => before ?? state.Attempts;

    /// <summary>What may be done now, and what later.</summary>
    public Schedule Schedule => new(state, Certificate, options, issuer.Names, timeProvider.GetUtcNow(), store.IsShared);

    /// <summary>Loads what this process or another one has stored.</summary>
    public void Reload()
    {
        if (unsaved)
            return;
        state = store.Load();
        if (state.ChainPem is not { } chain || (chain == Certificate?.ChainPem && state.KeyPem == Certificate.KeyPem))
            return;
        Certificate = IssuedCertificate.FromPem(chain, state.KeyPem!, state.IssuedBy ?? "");
        publish(Certificate);
    }

    /// <summary>Does what is due. Failures are remembered, not thrown.</summary>
    public async Task RenewIfDueAsync(CancellationToken cancellationToken)
    {
        try
        {
            Reload();
            var change = await FindChangeAsync(cancellationToken);
            if (Schedule.NextAttempt > Now && !(Schedule.SuggestionDue <= Now) && change is null && !(unsaved && store.IsShared)
                && !IsRevocationDue && !issuer.WithCompromisedAccount.Any())
            {
                pause = null;
                return;
            }
            var isMine = await LockedAsync(async cancellationToken =>
            {
                if (unsaved && store.IsShared)
                    await SaveAsync(state, cancellationToken);
                await AskForSuggestionAsync(cancellationToken);
                var atOnce = change is not null && Schedule.IsPostponed && Schedule.MayAskAtOnce(issuer.SolverCount);
                if (atOnce)
                    logger.AskingAgain(change!);
                if (Schedule.NextAttempt <= Now || atOnce)
                    await AttemptAsync(rateLimitsToo: false, cancellationToken);
                await LeaveCompromisedAsync(cancellationToken);
            }, cancellationToken);
            pause = isMine ? null : PauseWhileElsewhere;
        }
        catch (AcmeException exception)
        {
            await FailAsync(exception);
        }
        finally
        {
            before = null;
        }
    }

    /// <summary>
    /// Renews at an operator's request, ignoring back-off; a rate limit still applies unless <paramref name="force"/> is set.
    /// </summary>
    /// <returns>Whether anything was renewed.</returns>
    public async Task<bool> RenewAsync(bool force, CancellationToken cancellationToken)
    {
        if (!force && Schedule.LimitedUntil is { } until)
        {
            throw new AcmeException(AcmeFailure.RateLimited,
                $"The authority accepts no request before {until:u}; its last answer was: {state.Attempts.LastError}");
        }

        try
        {
            var isRenewed = false;
            await LockedOrThrowAsync(async cancellationToken =>
            {
                if (force || Schedule.Plan.At <= Now)
                {
                    await AttemptAsync(rateLimitsToo: force, cancellationToken);
                    isRenewed = true;
                }
                await LeaveCompromisedAsync(cancellationToken);
            }, cancellationToken);
            return isRenewed;
        }
        catch (AcmeException exception)
        {
            await FailAsync(exception);
            throw;
        }
        finally
        {
            before = null;
        }
    }

    public Task RevokeAsync(RevocationReason reason, CancellationToken cancellationToken) => LockedOrThrowAsync(async cancellationToken =>
    {
        if (Certificate is null)
            throw new AcmeException(AcmeFailure.Configuration, "There is no certificate to revoke.");
        var authority =
            options.Issuers.FirstOrDefault(candidate => candidate.Directory == Certificate.Directory)
            ?? throw new AcmeException(
                AcmeFailure.Configuration,
                $"The certificate is from {Certificate.Directory}, which is no longer configured; " +
                "to revoke it, set acme.directory back to that address.");
        await issuer.RevokeAsync(authority, Certificate, reason, cancellationToken);
        var compromised = state.Compromised?.ChainPem == Certificate.ChainPem ? null : state.Compromised;
        await SaveAsync(state with { Revoked = true, Compromised = compromised }, cancellationToken);
        logger.Revoked(Certificate);
    }, cancellationToken);

    public Task RollOverAccountKeyAsync(CancellationToken cancellationToken) =>
        LockedOrThrowAsync(cancellationToken => issuer.RollOverKeyAsync(options.Primary, cancellationToken), cancellationToken);

    private DateTimeOffset Now => timeProvider.GetUtcNow();

    /// <summary>The compromised certificate is replaced: nobody is served it any more.</summary>
    private bool IsRevocationDue =>
        state.Compromised is { } compromised && Certificate is not null && Certificate.ChainPem != compromised.ChainPem
        && (compromised.Refusal is null || (compromised.Refusal == NotConfigured(compromised) && FindIssuer(compromised) is not null));

    private static string NotConfigured(CompromisedCertificate compromised) =>
        $"{compromised.Directory}, which issued it, is no longer configured (acme.directory).";

    private IssuerOptions? FindIssuer(CompromisedCertificate compromised) =>
        options.Issuers.FirstOrDefault(candidate => candidate.Directory == compromised.Directory);

    /// <summary>What somebody else has the key of: the certificate of before, and accounts that no order has used meanwhile.</summary>
    private async Task LeaveCompromisedAsync(CancellationToken cancellationToken)
    {
        await RevokeCompromisedAsync(cancellationToken);
        foreach (var one in issuer.WithCompromisedAccount.ToList())
        {
            try
            {
                await issuer.LeaveCompromisedKeyAsync(one, cancellationToken);
            }
            catch (AcmeException exception) when (IsTheAuthoritys(exception))
            {
                logger.AccountKeyNotChanged(new Uri(one.Directory).Host, exception.Message);
            }
        }
    }

    /// <summary>An authority that does not answer is asked again later; what it refuses is left, and said.</summary>
    private async Task RevokeCompromisedAsync(CancellationToken cancellationToken)
    {
        if (!IsRevocationDue)
            return;
        var compromised = state.Compromised!;
        var certificate = IssuedCertificate.FromPem(compromised.ChainPem, compromised.KeyPem, compromised.Directory);
        try
        {
            var authority = FindIssuer(compromised)
                ?? throw new AcmeException(AcmeFailure.Configuration, NotConfigured(compromised));
            await issuer.RevokeAsync(authority, certificate, RevocationReason.KeyCompromise, cancellationToken);
            logger.Revoked(certificate);
        }
        catch (AcmeException exception) when (IsTheAuthoritys(exception))
        {
            logger.CompromisedNotRevoked(certificate, exception.Message);
            if (certificate.NotAfter > Now)
            {
                if (exception.Failure is AcmeFailure.Refused or AcmeFailure.Configuration)
                    await SaveAsync(
                        state with { Compromised = compromised with { Refusal = exception.Message } }, cancellationToken);
                return;
            }
        }
        await SaveAsync(state with { Compromised = null }, cancellationToken);
    }

    /// <summary>Does something under the lock, with what the last holder of it has stored.</summary>
    /// <returns>False: another machine has the lock, and nothing was done.</returns>
    private async Task<bool> LockedAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await using var held = await store.LockAsync(cancellationToken);
        if (held is null)
            return false;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        right = held;
        try
        {
            // Another process or machine may have held the lock to do just this.
            Reload();
            await work(either.Token);
            return true;
        }
        catch (OperationCanceledException exception)
            when (held.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new AcmeException(
                AcmeFailure.Superseded,
                "The right to order is lost: this machine was not heard in time, and another one goes on with the order.",
                exception);
        }
        finally
        {
            right = null;
        }
    }

    private async Task LockedOrThrowAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        if (!await LockedAsync(work, cancellationToken))
            throw new AcmeException(
                AcmeFailure.Superseded, "Another machine of the fleet is ordering a certificate just now; try again in a minute.");
    }

    /// <summary>What the operator has put right since the last failure; null: nothing that can be seen.</summary>
    private async Task<string?> FindChangeAsync(CancellationToken cancellationToken)
    {
        var schedule = Schedule;
        // What one machine sees says nothing of what hindered another.
        if (store.IsShared || !schedule.IsPostponed)
            return null;
        if (state.Attempts.Circumstances is not { } before || !schedule.MayAskAtOnce(issuer.SolverCount))
            return null;
        return probe.FindImprovement(before, await probe.LookAsync(before, cancellationToken));
    }

    private async Task AskForSuggestionAsync(CancellationToken cancellationToken)
    {
        if (!(Schedule.SuggestionDue <= Now))
            return;
        try
        {
            var answer = await issuer.SuggestionAsync(Schedule.SuggestingIssuer!, Certificate!.AriId!, cancellationToken);
            var suggestion = RenewalInfo.Update(state.Ari, answer?.Info, answer?.RetryAfter, Now, random.NextDouble());
            await SaveAsync(state with { Ari = suggestion }, cancellationToken);
        }
        catch (AcmeException exception) when (IsTheAuthoritys(exception))
        {
            logger.NoSuggestion(exception.Message);
            var suggestion = RenewalInfo.Again(state.Ari, Now + RenewalInfo.DefaultInterval, Now);
            await SaveAsync(state with { Ari = suggestion }, cancellationToken);
        }
    }

    private async Task AttemptAsync(bool rateLimitsToo, CancellationToken cancellationToken)
    {
        var kept = state.Attempts;
        before = kept;
        var schedule = Schedule;
        var candidates = schedule.Candidates(rateLimitsToo);

        // Counted before it begins, so that a crash during the attempt counts as a failure and a crash loop backs off.
        // If this cannot be written, neither could the certificate: then no authority is asked.
        var counted = state with
        {
            // What is from a time when the clock was ahead could not be told from the rest after this.
            NotBefore = schedule.Limits,
            Attempts = kept with
            {
                Failures = kept.Failures + 1,
                NextAttempt = Now + Backoff.After(kept.Failures + 1, schedule.Remaining, random.NextDouble()),
                LastError = "The program ended during the last attempt.",
                LastErrorAt = Now,
                IsUnderWay = store.IsShared,
                Abandoned = kept.IsUnderWay ? kept.Abandoned + 1 : 0,
                Orders = candidates.Aggregate(
                    kept.Orders, (orders, candidate) => FailureLimit.Add(orders, schedule.FirstDirectory(candidate), Now)),
            },
        };
        await SaveAsync(counted, cancellationToken);
        var failures = new List<AcmeException>();
        foreach (var candidate in candidates)
        {
            try
            {
                await AdoptAsync(await AskAsync(candidate, cancellationToken), cancellationToken);
                return;
            }
            catch (AcmeException exception) when (IsTheAuthoritys(exception))
            {
                failures.Add(exception);
                Blame(candidate, exception);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // A shutdown is not a failure.
                await SaveAsync(state with { Attempts = kept }, CancellationToken.None);
                throw;
            }
        }

        // While the lock is held: a state that is saved without it could replace another process's certificate.
        await LookAsync(cancellationToken);
        var failure = failures.Count == 1
            ? failures[0]
            : new AcmeException(
                failures[0].Failure, string.Join(" And the second authority: ", failures.Select(exception => exception.Message)));
        // While the lock is held, too: whoever has it next would take the attempt for one that has stalled.
        if (store.IsShared)
            await TrySaveAsync(state with { Attempts = state.Attempts with { IsUnderWay = false, LastError = failure.Message } });
        throw failure;
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var circumstances = await probe.LookAsync(state.Attempts.Circumstances, cancellationToken);
            state = state with { Attempts = state.Attempts with { Circumstances = circumstances } };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A shutdown. The next start compares with what was seen before.
        }
    }

    private async Task<IssuedCertificate> AskAsync(IssuerOptions candidate, CancellationToken cancellationToken)
    {
        var pending =
            state.Pending is { } kept
            && kept.Directory == candidate.Directory
            && kept.Names.SequenceEqual(issuer.Names, StringComparer.Ordinal)
                ? kept
                : null;
        if (pending is null && Schedule.TrialDirectory(candidate) is { } staging)
        {
            await TryOutAsync(candidate with { Directory = staging }, cancellationToken);
            var orders = FailureLimit.Add(state.Attempts.Orders, candidate.Directory, Now);
            state = state with { Attempts = state.Attempts with { Orders = orders } };
        }
        return await issuer.IssueAsync(
            candidate,
            Certificate,
            pending,
            right!,
            order => SaveAsync(state with { Pending = order }, cancellationToken),
            cancellationToken);
    }

    /// <summary>It says something of the authority, and nothing of where the state is stored.</summary>
    private static bool IsTheAuthoritys(AcmeException exception) =>
        exception.Failure is not (AcmeFailure.Storage or AcmeFailure.Superseded);

    /// <summary>
    /// After a failed validation, tries everything at the staging directory first, which uses up no limits. Only a failed validation
    /// counts there: staging may be down, lack a profile, or require a different account.
    /// </summary>
    private async Task TryOutAsync(IssuerOptions staging, CancellationToken cancellationToken)
    {
        try
        {
            await issuer.IssueAsync(
                staging, predecessor: null, pending: null, right!, static _ => Task.CompletedTask, cancellationToken);
            logger.TrialSucceeded(new Uri(staging.Directory).Host);
        }
        catch (AcmeException exception) when (exception.Failure == AcmeFailure.NotProven)
        {
            throw new AcmeException(
                AcmeFailure.NotProven,
                $"{exception.Message} (This was a trial at the staging directory; the real one is used only after a trial succeeds.)",
                exception);
        }
        catch (AcmeException exception) when (IsTheAuthoritys(exception))
        {
            logger.TrialImpossible(new Uri(staging.Directory).Host, exception.Message);
        }
    }

    private async Task AdoptAsync(IssuedCertificate certificate, CancellationToken cancellationToken)
    {
        state = state with
        {
            ChainPem = certificate.ChainPem,
            KeyPem = certificate.KeyPem,
            IssuedBy = certificate.Directory,
            Names = issuer.Names,
            ObtainedAt = Now,
            Revoked = false,
            Ari = null,
            Attempts = new Attempts(),
            Pending = null,
        };
        Certificate = certificate;
        // It is already usable in memory; a full disk must not prevent it from being served.
        unsaved = true;
        publish(certificate);
        var plan = Schedule.Plan;
        logger.Issued(certificate, plan.At, plan.Reason);
        await SaveAsync(state, cancellationToken);
    }

    /// <summary>Remembers what the next request to this authority must take into account.</summary>
    private void Blame(IssuerOptions candidate, AcmeException exception)
    {
        var notBefore = new Dictionary<string, DateTimeOffset>(state.NotBefore, StringComparer.Ordinal);
        if (exception.RetryAfter is { } wait && wait > TimeSpan.Zero)
            notBefore[candidate.Directory] = Now + (wait < Schedule.LongestRetryAfter ? wait : Schedule.LongestRetryAfter);
        var trialFirst = state.Attempts.TrialFirst;
        if (exception.Failure == AcmeFailure.NotProven && !trialFirst.Contains(candidate.Directory, StringComparer.Ordinal))
            trialFirst = [.. trialFirst, candidate.Directory];
        // A rejected order is lost; if the authority became unreachable or slow, or its answer was damaged, the order can still be fetched.
        var pending =
            exception.Failure is AcmeFailure.Unreachable or AcmeFailure.Unfinished or AcmeFailure.RateLimited or AcmeFailure.NotAcme
                ? state.Pending
                : null;
        state = state with { NotBefore = notBefore, Pending = pending, Attempts = state.Attempts with { TrialFirst = trialFirst } };
    }

    private async Task FailAsync(AcmeException exception)
    {
        if (exception.Failure is AcmeFailure.Superseded || (store.IsShared && exception.Failure is AcmeFailure.Storage))
        {
            // What is shared stays as the others have it. A certificate that only this machine has is kept until it can be shared.
            pause = PauseWhileAway;
            if (exception.Failure is AcmeFailure.Superseded)
                unsaved = false;
            Reload();
            logger.NotShared(exception.Message);
            return;
        }
        pause = null;
        var attempts = state.Attempts;
        var failed = state with
        {
            NotBefore = Schedule.Limits,
            Attempts = attempts with { LastError = exception.Message, LastErrorAt = Now },
        };
        if (exception.Failure == AcmeFailure.Storage)
        {
            // No authority was asked, or the certificate is in memory only: try the disk again, with the same back-off.
            var failures = attempts.Failures + 1;
            state = failed with
            {
                Attempts = failed.Attempts with
                {
                    Failures = failures,
                    NextAttempt = Now + Backoff.After(failures, Schedule.Remaining, random.NextDouble()),
                },
            };
            unsaved = true;
        }
        else
        {
            await TrySaveAsync(failed);
        }

        logger.Failed(exception.Message, Schedule.Outlook);
    }

    private async Task TrySaveAsync(CertificateState next)
    {
        try
        {
            await SaveAsync(next, CancellationToken.None);
        }
        catch (AcmeException exception)
        {
            logger.NotSaved(exception.Message);
        }
    }

    private async Task SaveAsync(CertificateState next, CancellationToken cancellationToken)
    {
        if (store.IsShared && !unsaved)
        {
            // Only what the others can see happens.
            await store.SaveAsync(next, cancellationToken);
            state = next;
            return;
        }
        state = next;
        unsaved = true;
        await store.SaveAsync(next, cancellationToken);
        unsaved = false;
    }
}
