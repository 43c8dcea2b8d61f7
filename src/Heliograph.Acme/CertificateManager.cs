using Heliograph.Acme.Challenges;
using Heliograph.Acme.Issuance;
using Heliograph.Acme.Renewal;
using Heliograph.Acme.Storage;
using Heliograph.Platform;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme;

/// <summary>Keeps a valid certificate: the program's one entry point to this library.
/// <code>
/// await using var certificates = CertificateManager.Open(options, responders, c => relay.Use(c.ChainPem, c.KeyPem), TimeProvider.System,
/// logger);
/// certificates.Start();
/// </code></summary>
public sealed class CertificateManager : IAsyncDisposable
{
    /// <summary>Below the state directory.</summary>
    public const string DirectoryName = "acme";

    /// <summary>The document with the certificate, its key and what renewal needs, wherever it is stored.</summary>
    public const string CertificateDocument = "certificate.json";

    private readonly Renewer renewer;
    private readonly Func<Renewer>? createAlone;
    private readonly Action<IssuedCertificate> use;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly SemaphoreSlim gate = new(1);
    private readonly CancellationTokenSource stopping = new();
    private Task loop = Task.CompletedTask;
    private volatile TaskCompletionSource wake = new();
    private int disposed;

    internal CertificateManager(
        AcmeOptions options,
        ChallengeResponders responders,
        Action<IssuedCertificate> use,
        TimeProvider timeProvider,
        ILogger logger,
        Random random,
        Resolve resolve,
        Action<WriteStep>? fault,
        IStateStore? shared = null)
    {
        if (options.Errors() is { Count: > 0 } errors)
            throw new AcmeException(AcmeFailure.Configuration, string.Join(" ", errors));
        this.use = use;
        this.timeProvider = timeProvider;
        this.logger = logger;
        var files = shared is null ? Files(options, timeProvider, logger, fault) : null;
        var alone = shared is null ? null
            : new AloneStore(Files(options, timeProvider, logger, fault, AloneStore.DirectoryName), shared);
        var store = shared ?? files!;
        renewer = Create(store, new AccountStore(store), alone, responders, Publish, isLone: false);
        files?.Create();
        renewer.Reload();
        if (alone is null)
            return;
        // Nobody else can answer for it, and it is put to use by the one that shares.
        createAlone = () => Create(alone, alone.Accounts, null, responders with { Others = null }, static _ => { }, isLone: true);
        renewer.UseLone(new CertificateStore(alone).Load());

        Renewer Create(
            IStateStore store,
            AccountStore accounts,
            AloneStore? lone,
            ChallengeResponders ports,
            Action<IssuedCertificate> publish,
            bool isLone)
        {
            var issuer = new CertificateIssuer(options, ports, accounts, timeProvider, logger);
            var probe = new CircumstancesProbe(options, issuer.Identifiers, ports, resolve);
            return new(options, issuer, new CertificateStore(store), lone, probe, timeProvider, random, logger, publish, isLone);
        }
    }

    /// <summary>Reads what is stored; does not use the network before <see cref="Start"/> or one of the other calls.</summary>
    /// <param name="options">What to get, from whom and how.</param>
    /// <param name="responders">The ports for proving control.</param>
    /// <param name="use">Called with the stored certificate, before this returns, and later with every new one, whether this process or
    /// another one with the same state directory ordered it.</param>
    /// <param name="timeProvider">The time.</param>
    /// <param name="logger">Never sees a key, a token or a key authorization.</param>
    /// <param name="shared">Where the state is stored; null: in files below the state directory.</param>
    /// <exception cref="AcmeException">The options have mistakes, or what is stored cannot be read.</exception>
    public static CertificateManager Open(
        AcmeOptions options,
        ChallengeResponders responders,
        Action<IssuedCertificate> use,
        TimeProvider timeProvider,
        ILogger logger,
        IStateStore? shared = null) =>
        new(options, responders, use, timeProvider, logger, Random.Shared, AbsoluteName.ResolveAsync, fault: null, shared);

    /// <summary>Null until there is one. It may have expired: that is still better than none.</summary>
    public IssuedCertificate? Current => renewer.Certificate;

    /// <summary>Starts ordering certificates when they are due.</summary>
    public void Start() => loop = Task.Run(LoopAsync);

    /// <summary>Puts to use what another machine has stored, without asking for anything.</summary>
    public Task ReloadAsync(CancellationToken cancellationToken) => InTurnAsync(_ =>
    {
        renewer.Reload();
        return Task.FromResult(true);
    }, cancellationToken);

    /// <summary>
    /// Checks now whether anything is due, instead of some minutes later, and does it. Failures are logged and remembered,
    /// and back-off still applies.
    /// </summary>
    public Task RenewIfDueAsync(CancellationToken cancellationToken) => InTurnAsync(async cancellationToken =>
    {
        await renewer.RenewIfDueAsync(cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>
    /// Renews now if it is due, ignoring back-off; with <paramref name="force"/> even if it is not due, ignoring the authority's limits.
    /// </summary>
    /// <exception cref="AcmeException">The attempt failed.</exception>
    public Task<RenewalOutcome> RenewNowAsync(bool force, CancellationToken cancellationToken) =>
        InTurnAsync(cancellationToken => RenewAsync(force, cancellationToken), cancellationToken);

    /// <summary>
    /// The same although what the machines share cannot be asked: this machine orders without the others. They get the certificate once
    /// that is possible, unless what they have by then is valid for as long.
    /// </summary>
    /// <exception cref="AcmeException">The attempt failed, or this machine shares nothing.</exception>
    public Task<RenewalOutcome> RenewAloneAsync(bool force, CancellationToken cancellationToken) => InTurnAsync(async cancellationToken =>
    {
        if (createAlone is null)
            throw new AcmeException(
                AcmeFailure.Configuration, "This machine is in no fleet, so it orders alone anyway: --alone is not needed, leave it out.");
        if (await renewer.CanShareAsync(cancellationToken))
            return await RenewAsync(force, cancellationToken);
        // What it has left behind tells the next attempt what to take into account, and is shared or forgotten with the next lock.
        var lone = createAlone();
        lone.Reload();
        var before = lone.State.ChainPem;
        try
        {
            return Report(await lone.RenewAsync(force, cancellationToken), lone);
        }
        catch (AcmeException exception) when (exception.Failure is AcmeFailure.NotProven)
        {
            throw new AcmeException(
                AcmeFailure.NotProven,
                $"{exception.Message} The other machines do not answer for this one now: use dns-01, or have the names lead to this " +
                "machine only, and repeat it.",
                exception);
        }
        finally
        {
            renewer.UseLone(lone.State, isNew: lone.State.ChainPem != before);
            // It may be asleep until long after the others can be asked again.
            wake.TrySetResult();
        }
    }, cancellationToken);

    /// <summary>
    /// Asks the authority to revoke the certificate. A new one, with a new key, is due from then on.
    /// </summary>
    public Task RevokeAsync(RevocationReason reason, CancellationToken cancellationToken) => InTurnAsync(async cancellationToken =>
    {
        await renewer.RevokeAsync(reason, cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>Gives the account at <c>acme.directory</c> a new key (RFC 8555 section 7.3.5).</summary>
    public Task RollOverAccountKeyAsync(CancellationToken cancellationToken) => InTurnAsync(async cancellationToken =>
    {
        await renewer.RollOverAccountKeyAsync(cancellationToken);
        return true;
    }, cancellationToken);

    public CertificateDescription Describe()
    {
        var certificate = renewer.Certificate;
        var state = renewer.State;
        var schedule = renewer.Schedule;
        var plan = schedule.Plan;
        var underWay = renewer.IsUnderWay;
        var ended = renewer.Ended;
        var next = schedule.NextAttempt;
        return new CertificateDescription
        {
            Names = certificate?.Names,
            Issuer = certificate?.Issuer,
            Directory = certificate?.Directory,
            SerialNumber = certificate?.SerialNumber,
            NotBefore = certificate?.NotBefore,
            NotAfter = certificate?.NotAfter,
            Revoked = state.Revoked,
            UnderWay = underWay,
            NextRenewal = underWay ? timeProvider.GetUtcNow() : next,
            NextRenewalReason = underWay ? "an attempt is in progress"
                : next > plan.At ? $"{plan.Reason}; a failure or a rate limit delays it until then"
                : plan.Reason,
            ExplanationUrl = state.Ari?.ExplanationUrl,
            LimitedUntil = schedule.LimitedUntil,
            Outlook = schedule.Outlook,
            Failures = ended.Failures,
            LastError = ended.LastError,
            LastErrorAt = ended.LastErrorAt,
            Alone = renewer.IsAlone,
        };
    }

    /// <summary>Interrupts an order in progress; it can be resumed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        await stopping.CancelAsync();
        await loop;
        // Work still in progress has been cancelled.
        await gate.WaitAsync(CancellationToken.None);
        stopping.Dispose();
        gate.Dispose();
    }

    internal static StateFiles Files(
        AcmeOptions options, TimeProvider timeProvider, ILogger logger, Action<WriteStep>? fault, string below = "") =>
        new(new PrivateDirectory(Path.Combine(options.StateDirectory, DirectoryName, below), timeProvider, logger, fault), timeProvider);

    private async Task<RenewalOutcome> RenewAsync(bool force, CancellationToken cancellationToken)
    {
        var before = renewer.Certificate;
        try
        {
            return Report(await renewer.RenewAsync(force, cancellationToken));
        }
        catch (AcmeException exception) when (exception.Failure is AcmeFailure.Away)
        {
            // It was there already when it could not be stored for all.
            if (renewer.Certificate != before)
                return Report(isRenewed: true, renewer);
            throw new AcmeException(
                AcmeFailure.Away,
                $"{exception.Message} If it cannot wait, order for this machine alone: heliograph certificate renew --alone",
                exception);
        }
    }

    private RenewalOutcome Report(bool isRenewed, Renewer? lone = null)
    {
        var plan = (lone ?? renewer).Schedule.Plan;
        return new()
        {
            Renewed = isRenewed,
            Message = !isRenewed ? $"The certificate is not due for renewal before {plan.At:u} ({plan.Reason}); --force renews it anyway."
                : lone is null ? $"New certificate: {renewer.Certificate}."
                : $"New certificate, on this machine only: {lone.Certificate}. The others get it when the fleet can be asked again, " +
                    "unless they have one by then that is valid for as long.",
        };
    }

    /// <summary>Runs one piece of work at a time, and none after disposal.</summary>
    private async Task<T> InTurnAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(disposed != 0, this);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping.Token);
        await gate.WaitAsync(either.Token);
        try
        {
            return await work(either.Token);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task LoopAsync()
    {
        try
        {
            while (true)
            {
                try
                {
                    await RenewIfDueAsync(stopping.Token);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    // Whatever it is, keep serving the current certificate and keep trying to renew it.
                    logger.Surprise(exception);
                    await Task.Delay(TimeSpan.FromMinutes(10), timeProvider, stopping.Token);
                }

                await SleepAsync();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Cancelled, as requested.
        }
    }

    /// <summary>Until something may be due, or has come up.</summary>
    private async Task SleepAsync()
    {
        var woken = wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var slept = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        await Task.WhenAny(Task.Delay(renewer.Sleep, timeProvider, slept.Token), woken.Task);
        await slept.CancelAsync();
        stopping.Token.ThrowIfCancellationRequested();
    }

    private void Publish(IssuedCertificate certificate)
    {
        try
        {
            use(certificate);
        }
        catch (Exception exception)
        {
            logger.NotUsed(exception);
        }
    }
}
