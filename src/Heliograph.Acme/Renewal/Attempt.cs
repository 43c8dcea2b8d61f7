using Heliograph.Acme.Issuance;
using Heliograph.Acme.Storage;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Renewal;

/// <summary>Asks the authorities for a certificate, one after the other, and remembers what came of it.</summary>
internal sealed class Attempt(
    StateKeeper keeper,
    AcmeOptions options,
    CertificateIssuer issuer,
    CircumstancesProbe probe,
    TimeProvider timeProvider,
    Random random,
    ILogger logger)
{
    /// <summary>The attempts before the one in progress, which is already stored as a failure.</summary>
    private volatile Attempts? before;

    public bool IsUnderWay => before is not null;

    /// <summary>The finished attempts.</summary>
    public Attempts Ended => before ?? keeper.State.Attempts;

    /// <summary>What may be done now, and what later.</summary>
    public Schedule Schedule =>
        new(keeper.State, keeper.Certificate, options, issuer.Names, timeProvider.GetUtcNow(), keeper.IsShared);

    private DateTimeOffset Now => timeProvider.GetUtcNow();

    /// <summary>Nothing is in progress any more.</summary>
    public void End() => before = null;

    /// <summary>Under the lock. Counted before it begins.</summary>
    /// <exception cref="AcmeException">No authority has issued, or the state cannot be stored.</exception>
    public async Task RunAsync(bool rateLimitsToo, CancellationToken cancellationToken)
    {
        var kept = keeper.State.Attempts;
        before = kept;
        var schedule = Schedule;
        var candidates = schedule.Candidates(rateLimitsToo);

        // Counted before it begins, so that a crash during the attempt counts as a failure and a crash loop backs off.
        // If this cannot be written, neither could the certificate: then no authority is asked.
        var counted = keeper.State with
        {
            // What is from a time when the clock was ahead could not be told from the rest after this.
            NotBefore = schedule.Limits,
            Attempts = kept with
            {
                Failures = kept.Failures + 1,
                NextAttempt = Now + Backoff.After(kept.Failures + 1, schedule.Remaining, random.NextDouble()),
                LastError = "The program ended during the last attempt.",
                LastErrorAt = Now,
                IsUnderWay = keeper.IsShared,
                Abandoned = kept.IsUnderWay ? kept.Abandoned + 1 : 0,
                Orders = candidates.Aggregate(
                    kept.Orders, (orders, candidate) => FailureLimit.Add(orders, schedule.FirstDirectory(candidate), Now)),
            },
        };
        await keeper.SaveAsync(counted, cancellationToken);
        var failures = new List<AcmeException>();
        foreach (var candidate in candidates)
        {
            try
            {
                await AdoptAsync(await AskAsync(candidate, cancellationToken), cancellationToken);
                return;
            }
            catch (AcmeException exception) when (exception.IsTheAuthoritys)
            {
                failures.Add(exception);
                Blame(candidate, exception);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // A shutdown is not a failure.
                await keeper.SaveAsync(keeper.State with { Attempts = kept }, CancellationToken.None);
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
        if (keeper.IsShared)
            await keeper.TrySaveAsync(
                keeper.State with { Attempts = keeper.State.Attempts with { IsUnderWay = false, LastError = failure.Message } });
        throw failure;
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var circumstances = await probe.LookAsync(keeper.State.Attempts.Circumstances, cancellationToken);
            keeper.Remember(keeper.State with { Attempts = keeper.State.Attempts with { Circumstances = circumstances } });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A shutdown. The next start compares with what was seen before.
        }
    }

    private async Task<IssuedCertificate> AskAsync(IssuerOptions candidate, CancellationToken cancellationToken)
    {
        var pending =
            keeper.State.Pending is { } kept
            && kept.Directory == candidate.Directory
            && kept.Names.SequenceEqual(issuer.Names, StringComparer.Ordinal)
                ? kept
                : null;
        if (pending is null && Schedule.TrialDirectory(candidate) is { } staging)
        {
            await TryOutAsync(candidate with { Directory = staging }, cancellationToken);
            var orders = FailureLimit.Add(keeper.State.Attempts.Orders, candidate.Directory, Now);
            keeper.Remember(keeper.State with { Attempts = keeper.State.Attempts with { Orders = orders } });
        }
        return await issuer.IssueAsync(
            candidate,
            keeper.Certificate,
            pending,
            keeper.Right,
            order => keeper.SaveAsync(keeper.State with { Pending = order }, cancellationToken),
            cancellationToken);
    }

    /// <summary>
    /// After a failed validation, tries everything at the staging directory first, which uses up no limits. Only a failed validation
    /// counts there: staging may be down, lack a profile, or require a different account.
    /// </summary>
    private async Task TryOutAsync(IssuerOptions staging, CancellationToken cancellationToken)
    {
        try
        {
            await issuer.IssueAsync(
                staging, predecessor: null, pending: null, keeper.Right, static _ => Task.CompletedTask, cancellationToken);
            logger.TrialSucceeded(new Uri(staging.Directory).Host);
        }
        catch (AcmeException exception) when (exception.Failure == AcmeFailure.NotProven)
        {
            throw new AcmeException(
                AcmeFailure.NotProven,
                $"{exception.Message} (This was a trial at the staging directory; the real one is used only after a trial succeeds.)",
                exception);
        }
        catch (AcmeException exception) when (exception.IsTheAuthoritys)
        {
            logger.TrialImpossible(new Uri(staging.Directory).Host, exception.Message);
        }
    }

    private async Task AdoptAsync(IssuedCertificate certificate, CancellationToken cancellationToken)
    {
        keeper.Adopt(certificate, keeper.State with
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
            Leaving = null,
        });
        var plan = Schedule.Plan;
        logger.Issued(certificate, plan.At, plan.Reason);
        try
        {
            await keeper.SaveAsync(keeper.State, cancellationToken);
        }
        catch (AcmeException exception) when (exception.Failure is AcmeFailure.Superseded)
        {
            keeper.Yield();
            throw;
        }
        catch (AcmeException exception) when (exception.Failure is AcmeFailure.Away)
        {
            await keeper.KeepAsync();
            throw;
        }
    }

    /// <summary>Remembers what the next request to this authority must take into account.</summary>
    private void Blame(IssuerOptions candidate, AcmeException exception)
    {
        var notBefore = new Dictionary<string, DateTimeOffset>(keeper.State.NotBefore, StringComparer.Ordinal);
        if (exception.RetryAfter is { } wait && wait > TimeSpan.Zero)
            notBefore[candidate.Directory] = Now + (wait < Schedule.LongestRetryAfter ? wait : Schedule.LongestRetryAfter);
        var trialFirst = keeper.State.Attempts.TrialFirst;
        if (exception.Failure == AcmeFailure.NotProven && !trialFirst.Contains(candidate.Directory, StringComparer.Ordinal))
            trialFirst = [.. trialFirst, candidate.Directory];
        // A rejected order is lost; if the authority became unreachable or slow, or its answer was damaged, the order can still be fetched.
        var pending =
            exception.Failure is AcmeFailure.Unreachable or AcmeFailure.Unfinished or AcmeFailure.RateLimited or AcmeFailure.NotAcme
                ? keeper.State.Pending
                : null;
        var attempts = keeper.State.Attempts with { TrialFirst = trialFirst };
        keeper.Remember(keeper.State with { NotBefore = notBefore, Pending = pending, Attempts = attempts });
    }
}
