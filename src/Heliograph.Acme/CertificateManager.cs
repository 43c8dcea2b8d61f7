using Heliograph.Acme.Challenges;
using Heliograph.Acme.Issuance;
using Heliograph.Acme.Renewal;
using Heliograph.Acme.Storage;
using Heliograph.Platform;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme;

/// <summary>Has a certificate and keeps it fresh: the whole of this library to the program.
/// <code>
/// await using var certificates = CertificateManager.Open(options, responders, c => relay.Use(c.ChainPem, c.KeyPem), TimeProvider.System, logger);
/// certificates.Start();
/// </code></summary>
public sealed class CertificateManager : IAsyncDisposable
{
    /// <summary>Below the state directory.</summary>
    public const string DirectoryName = "acme";

    private readonly Renewer renewer;
    private readonly Action<IssuedCertificate> use;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly SemaphoreSlim gate = new(1);
    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;
    private int disposed;

    internal CertificateManager(
        AcmeOptions options, ChallengeResponders responders, Action<IssuedCertificate> use, TimeProvider timeProvider, ILogger logger, Random random,
        Action<WriteStep>? fault)
    {
        if (options.Errors() is { Count: > 0 } errors)
            throw new AcmeException(AcmeFailure.Configuration, string.Join(" ", errors));
        this.use = use;
        this.timeProvider = timeProvider;
        this.logger = logger;
        var files = new StateFiles(new PrivateDirectory(Path.Combine(options.StateDirectory, DirectoryName), timeProvider, logger, fault));
        var issuer = new CertificateIssuer(options, responders, new AccountStore(files), timeProvider, logger);
        renewer = new Renewer(options, issuer, new CertificateStore(files, timeProvider), timeProvider, random, logger, Publish);
        files.Create();
        renewer.Reload();
    }

    /// <summary>Reads what is stored; no network is touched before <see cref="Start"/> or one of the other calls.</summary>
    /// <param name="options">What to get, from whom and how.</param>
    /// <param name="responders">The ports to prove control with.</param>
    /// <param name="use">Called with the stored certificate, before this returns, and with every new one later, whether this process or
    /// another one on the same state directory had it made.</param>
    /// <param name="timeProvider">The time.</param>
    /// <param name="logger">Never sees a key, a token or a key authorization.</param>
    /// <exception cref="AcmeException">The options have mistakes, or the state directory cannot be read.</exception>
    public static CertificateManager Open(
        AcmeOptions options, ChallengeResponders responders, Action<IssuedCertificate> use, TimeProvider timeProvider, ILogger logger) =>
        new(options, responders, use, timeProvider, logger, Random.Shared, fault: null);

    /// <summary>Null until there is one. It may have expired: that is still better than none.</summary>
    public IssuedCertificate? Current => renewer.Certificate;

    /// <summary>From now on certificates are ordered when they are due.</summary>
    public void Start() => loop = Task.Run(LoopAsync);

    /// <summary>Looks now whether anything is due, instead of some minutes later, and does it. Failures are logged and remembered, and back-off holds.</summary>
    public Task RenewIfDueAsync(CancellationToken cancellationToken) => AloneAsync(async cancellationToken =>
    {
        await renewer.RenewIfDueAsync(cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>Renews now if it is due, whatever the back-off; with <paramref name="force"/> even if it is not, whatever the authority's limits.</summary>
    /// <exception cref="AcmeException">It was tried and failed.</exception>
    public Task<RenewalOutcome> RenewNowAsync(bool force, CancellationToken cancellationToken) => AloneAsync(async cancellationToken =>
    {
        var renewed = await renewer.RenewAsync(force, cancellationToken);
        var plan = renewer.Plan;
        return new RenewalOutcome
        {
            Renewed = renewed,
            Message = renewed
                ? $"There is a new certificate: {renewer.Certificate}."
                : $"The certificate is not due before {plan.At:u} ({plan.Reason}); --force renews it all the same.",
        };
    }, cancellationToken);

    /// <summary>Tells the authority that the certificate must not be trusted any more. A new one, with a new key, is due from then on.</summary>
    public Task RevokeAsync(RevocationReason reason, CancellationToken cancellationToken) => AloneAsync(async cancellationToken =>
    {
        await renewer.RevokeAsync(reason, cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>Gives the account at <c>acme.directory</c> a new key (RFC 8555 section 7.3.5).</summary>
    public Task RollOverAccountKeyAsync(CancellationToken cancellationToken) => AloneAsync(async cancellationToken =>
    {
        await renewer.RollOverAccountKeyAsync(cancellationToken);
        return true;
    }, cancellationToken);

    public CertificateDescription Describe()
    {
        var certificate = renewer.Certificate;
        var state = renewer.State;
        var plan = renewer.Plan;
        var underWay = renewer.IsUnderWay;
        var ended = renewer.Ended;
        var next = renewer.NextAttempt;
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
            NextRenewalReason = underWay ? "the authority is being asked at this moment" : next > plan.At ? $"{plan.Reason}; after a failure or a rate limit it waits until then" : plan.Reason,
            ExplanationUrl = state.Ari?.ExplanationUrl,
            Failures = ended.Failures,
            LastError = ended.LastError,
            LastErrorAt = ended.LastErrorAt,
        };
    }

    /// <summary>An order under way is broken off; it can be taken up again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        await stop.CancelAsync();
        await loop;
        // Whoever is still at work has been told to end.
        await gate.WaitAsync(CancellationToken.None);
        stop.Dispose();
        gate.Dispose();
    }

    /// <summary>One thing at a time, and none after the end.</summary>
    private async Task<T> AloneAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(disposed != 0, this);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, this.stop.Token);
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
                    await RenewIfDueAsync(stop.Token);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    // Whatever it is, the certificate in use goes on being served, and renewal goes on being tried.
                    logger.Surprise(exception);
                    await Task.Delay(TimeSpan.FromMinutes(10), timeProvider, stop.Token);
                }

                await Task.Delay(renewer.Sleep, timeProvider, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end, as ordered.
        }
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
