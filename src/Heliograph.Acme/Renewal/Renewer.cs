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
    private readonly StateKeeper keeper;
    private readonly Attempt attempt;
    private readonly CompromisedKeys compromised;
    private readonly CircumstancesProbe probe;
    private readonly TimeProvider timeProvider;
    private readonly Random random;
    private readonly ILogger logger;
    private readonly bool isLone;

    /// <summary>Instead of the schedule's, while another machine orders, or nothing can be shared.</summary>
    private TimeSpan? pause;

    private string? lastNotShared;

    /// <param name="options">What to get, and from whom.</param>
    /// <param name="issuer">The requests to an authority.</param>
    /// <param name="store">Where the state is.</param>
    /// <param name="alone">Where a certificate is kept that cannot be shared; null: the state belongs to this machine.</param>
    /// <param name="probe">Looks at what an operator may put right.</param>
    /// <param name="timeProvider">The time.</param>
    /// <param name="random">Draws the instants.</param>
    /// <param name="logger">Never sees a key or a token.</param>
    /// <param name="publish">Called with each new certificate.</param>
    /// <param name="isLone">
    /// It orders for one of several machines while they cannot be asked. What to do about compromised keys is left to the one that shares:
    /// the others still serve the certificate, and have the account.
    /// </param>
    public Renewer(
        AcmeOptions options,
        CertificateIssuer issuer,
        CertificateStore store,
        AloneStore? alone,
        CircumstancesProbe probe,
        TimeProvider timeProvider,
        Random random,
        ILogger logger,
        Action<IssuedCertificate> publish,
        bool isLone)
    {
        this.options = options;
        this.isLone = isLone;
        this.issuer = issuer;
        this.probe = probe;
        this.timeProvider = timeProvider;
        this.random = random;
        this.logger = logger;
        var authorities = options.Issuers.SelectMany(static one => one.All).Select(static one => one.Directory)
            .Distinct(StringComparer.Ordinal).ToList();
        keeper = new(store, alone, issuer.Names, authorities, timeProvider, logger, publish);
        attempt = new(keeper, options, issuer, probe, timeProvider, random, logger);
        compromised = new(keeper, attempt, options, issuer, timeProvider, random, logger);
    }

    public CertificateState State => keeper.State;

    public IssuedCertificate? Certificate => keeper.Certificate;

    public bool IsUnderWay => attempt.IsUnderWay;

    /// <summary>How long to sleep before the next look.</summary>
    public TimeSpan Sleep => pause ?? (IsAlone && Schedule.Sleep > PauseWhileAway ? PauseWhileAway : Schedule.Sleep);

    /// <summary>The finished attempts.</summary>
    public Attempts Ended => attempt.Ended;

    /// <summary>What may be done now, and what later.</summary>
    public Schedule Schedule => attempt.Schedule;

    /// <summary>Loads what this process or another one has stored.</summary>
    public void Reload() => keeper.Reload();

    /// <summary>Only this machine has the certificate.</summary>
    public bool IsAlone => keeper.IsAlone;

    /// <summary>Whether what is shared can be asked.</summary>
    /// <exception cref="AcmeException">It can, and does not let this machine order.</exception>
    public Task<bool> CanShareAsync(CancellationToken cancellationToken) => keeper.CanShareAsync(cancellationToken);

    /// <inheritdoc cref="StateKeeper.UseLone"/>
    public void UseLone(CertificateState lone, bool isNew = false) => keeper.UseLone(lone, isNew);

    /// <summary>Does what is due. Failures are remembered, not thrown.</summary>
    public async Task RenewIfDueAsync(CancellationToken cancellationToken)
    {
        try
        {
            Reload();
            var change = await FindChangeAsync(cancellationToken);
            if (Schedule.NextAttempt > Now && !(Schedule.SuggestionDue <= Now) && change is null && !keeper.HasLone && !compromised.AreDue)
            {
                (pause, lastNotShared) = (null, null);
                return;
            }
            var isMine = await keeper.LockedAsync(async cancellationToken =>
            {
                await AskForSuggestionAsync(cancellationToken);
                var atOnce = change is not null && Schedule.IsPostponed && Schedule.MayAskAtOnce(issuer.SolverCount);
                if (atOnce)
                    logger.AskingAgain(change!);
                if (Schedule.NextAttempt <= Now || atOnce)
                    await attempt.RunAsync(rateLimitsToo: false, cancellationToken);
                if (compromised.AreDue)
                    await compromised.LeaveAsync(cancellationToken);
            }, cancellationToken);
            pause = isMine ? null : PauseWhileElsewhere;
            lastNotShared = isMine ? null : lastNotShared;
        }
        catch (AcmeException exception)
        {
            await FailAsync(exception);
        }
        finally
        {
            attempt.End();
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
                $"The authority accepts no request before {until:u}; its last answer was: {State.Attempts.LastError}");
        }

        try
        {
            var isRenewed = false;
            await keeper.LockedOrThrowAsync(async cancellationToken =>
            {
                if (force || Schedule.Plan.At <= Now)
                {
                    await attempt.RunAsync(rateLimitsToo: force, cancellationToken);
                    isRenewed = true;
                }
                if (!isLone)
                    await compromised.LeaveAsync(cancellationToken);
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
            attempt.End();
        }
    }

    public Task RevokeAsync(RevocationReason reason, CancellationToken cancellationToken) => keeper.LockedOrThrowAsync(async token =>
    {
        if (Certificate is null)
            throw new AcmeException(AcmeFailure.Configuration, "There is no certificate to revoke.");
        var authority =
            options.Issuers.FirstOrDefault(candidate => candidate.Directory == Certificate.Directory)
            ?? throw new AcmeException(
                AcmeFailure.Configuration,
                $"The certificate is from {Certificate.Directory}, which is no longer configured; " +
                "to revoke it, set acme.directory back to that address.");
        await issuer.RevokeAsync(authority, Certificate, reason, token);
        await keeper.SaveAsync(State.WithoutCompromised(Certificate.ChainPem) with { Revoked = true }, token);
        logger.Revoked(Certificate);
    }, cancellationToken);

    public Task RollOverAccountKeyAsync(CancellationToken cancellationToken) =>
        keeper.LockedOrThrowAsync(cancellationToken => issuer.RollOverKeyAsync(options.Primary, cancellationToken), cancellationToken);

    private DateTimeOffset Now => timeProvider.GetUtcNow();

    /// <summary>What the operator has put right since the last failure; null: nothing that can be seen.</summary>
    private async Task<string?> FindChangeAsync(CancellationToken cancellationToken)
    {
        var schedule = Schedule;
        // What one machine sees says nothing of what hindered another.
        if (keeper.IsShared || !schedule.IsPostponed)
            return null;
        if (State.Attempts.Circumstances is not { } before || !schedule.MayAskAtOnce(issuer.SolverCount))
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
            var suggestion = RenewalInfo.Update(State.Ari, answer?.Info, answer?.RetryAfter, Now, random.NextDouble());
            await keeper.SaveAsync(State with { Ari = suggestion }, cancellationToken);
        }
        catch (AcmeException exception) when (exception.IsTheAuthoritys)
        {
            logger.NoSuggestion(exception.Message);
            var suggestion = RenewalInfo.Again(State.Ari, Now + RenewalInfo.DefaultInterval, Now);
            await keeper.SaveAsync(State with { Ari = suggestion }, cancellationToken);
        }
    }

    private async Task FailAsync(AcmeException exception)
    {
        if (keeper.IsShared && !exception.IsTheAuthoritys)
        {
            // What is shared stays as the others have it. A certificate that only this machine has is kept until it can be shared.
            pause = PauseWhileAway;
            Reload();
            TellNotShared(exception.Message);
            return;
        }
        pause = null;
        var attempts = State.Attempts;
        var failed = State with
        {
            NotBefore = Schedule.Limits,
            Attempts = attempts with { LastError = exception.Message, LastErrorAt = Now },
        };
        if (exception.Failure == AcmeFailure.Storage)
        {
            // No authority was asked, or the certificate is in memory only: try the disk again, with the same back-off.
            var failures = attempts.Failures + 1;
            keeper.RememberUnsaved(failed with
            {
                Attempts = failed.Attempts with
                {
                    Failures = failures,
                    NextAttempt = Now + Backoff.After(failures, Schedule.Remaining, random.NextDouble()),
                },
            });
        }
        else
        {
            await keeper.TrySaveAsync(failed);
        }

        logger.Failed(exception.Message, Schedule.Outlook);
    }

    /// <summary>Once, and not at each attempt.</summary>
    private void TellNotShared(string reason)
    {
        if (reason == lastNotShared)
            return;
        lastNotShared = reason;
        if (IsAlone)
            logger.LoneNotShared(reason);
        else
            logger.NotShared(reason);
    }
}
