using Heliograph.Acme;
using Heliograph.Acme.Challenges;
using Heliograph.Acme.Storage;
using Heliograph.Relay.OuterTls;
using Microsoft.Extensions.Logging;

namespace Heliograph.Certificates;

/// <summary>
/// A certificate that this process obtains and renews itself. Until it has one, a self-signed one in memory keeps the web site up.
/// </summary>
internal sealed class AcmeSource : ICertificateSource
{
    private readonly AcmeOptions options;
    private readonly CertificateManager manager;
    private readonly TimeProvider timeProvider;
    private readonly CancellationTokenSource stopping = new();
    private readonly ILogger logger;
    private Action<ServerCertificate>? use;
    private ServerCertificate? issued;
    private ServerCertificate? temporary;
    private int disposed;

    private AcmeSource(
        AcmeOptions options, ChallengeResponders responders, TimeProvider timeProvider, ILogger logger, IStateStore? shared)
    {
        this.options = options;
        this.timeProvider = timeProvider;
        this.logger = logger;
        manager = CertificateManager.Open(options, responders, Use, timeProvider, logger, shared);
        if (issued is null)
            temporary = new SelfSignedSource(options.Domains, timeProvider).Current;
    }

    public ServerCertificate Current => issued ?? temporary!;

    public string Description
    {
        get
        {
            var described = manager.Describe();
            return issued is null
                ? $"self-signed: waiting for {Authority}{(described.Failures > 0 ? $", next attempt at {described.NextRenewal:u}" : "")}"
                : $"by {issued.Issuer}; next renewal at {described.NextRenewal:u}: {described.NextRenewalReason}";
        }
    }

    /// <summary>The stored state, for use without a server.</summary>
    /// <exception cref="StartException">The stored state cannot be read.</exception>
    public static CertificateManager OpenStored(
        AcmeOptions options, TimeProvider timeProvider, ILogger logger, IStateStore? shared = null) =>
        OpenOrExplain(() => CertificateManager.Open(options, new ChallengeResponders(), static _ => { }, timeProvider, logger, shared));

    /// <param name="options">What to get, from whom and how.</param>
    /// <param name="responders">The ports for proving control.</param>
    /// <param name="timeProvider">The time.</param>
    /// <param name="logger">Never sees a key or a token.</param>
    /// <param name="shared">Where a fleet stores the certificate; null: in the state directory.</param>
    /// <exception cref="StartException">The stored state cannot be read.</exception>
    public static AcmeSource Open(
        AcmeOptions options,
        ChallengeResponders responders,
        TimeProvider timeProvider,
        ILogger logger,
        IStateStore? shared = null) =>
        OpenOrExplain(() => new AcmeSource(options, responders, timeProvider, logger, shared));

    public void Watch(Action<ServerCertificate> use)
    {
        this.use = use;
        var described = manager.Describe();
        if (described is { LastError: { } error, NextRenewal: var next } && next > timeProvider.GetUtcNow())
            HostLog.OrderPostponed(logger, error, described.Outlook);
        else if (issued is null)
            HostLog.WaitingForCertificate(logger, Authority, string.Join(", ", options.Challenges));
        manager.Start();
    }

    public void Reload() => _ = RenewIfDueAsync();

    /// <summary>Puts to use what another machine of the fleet has stored.</summary>
    public void UseStored() => _ = UseStoredAsync();

    public CertificateReport Describe() => CertificateReport.FromDescription(manager.Describe());

    /// <param name="force">Even if it is not due.</param>
    /// <param name="alone">Even if the fleet cannot be asked.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="AcmeException">The attempt failed.</exception>
    public Task<RenewalOutcome> RenewAsync(bool force, bool alone, CancellationToken cancellationToken) =>
        alone ? manager.RenewAloneAsync(force, cancellationToken) : manager.RenewNowAsync(force, cancellationToken);

    /// <summary>Revokes the certificate, and orders a new one at once.</summary>
    /// <exception cref="AcmeException">The attempt failed.</exception>
    public async Task RevokeAsync(RevocationReason reason, CancellationToken cancellationToken)
    {
        await manager.RevokeAsync(reason, cancellationToken);
        Reload();
    }

    /// <exception cref="AcmeException">The attempt failed.</exception>
    public Task RollOverAccountKeyAsync(CancellationToken cancellationToken) => manager.RollOverAccountKeyAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        await stopping.CancelAsync();
        await manager.DisposeAsync();
        stopping.Dispose();
    }

    private string Authority => options.Directory == AcmeOptions.LetsEncrypt ? "Let's Encrypt" : new Uri(options.Directory).Authority;

    private static T OpenOrExplain<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (AcmeException exception)
        {
            throw new StartException(exception.Message);
        }
    }

    private Task RenewIfDueAsync() => TellAsync(async () =>
    {
        await manager.RenewIfDueAsync(stopping.Token);
        var described = manager.Describe();
        HostLog.CheckedRenewal(logger, described.NextRenewal, described.NextRenewalReason);
    });

    private Task UseStoredAsync() => TellAsync(() => manager.ReloadAsync(stopping.Token));

    /// <summary>Nobody waits for it: what fails is logged.</summary>
    private async Task TellAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The program is ending.
        }
        catch (Exception exception)
        {
            HostLog.Fault(logger, exception);
        }
    }

    /// <summary>Called with the stored certificate before anything listens, and with every new one.</summary>
    private void Use(IssuedCertificate certificate)
    {
        try
        {
            var loaded = PemCertificate.Read(certificate.ChainPem, certificate.KeyPem);
            use?.Invoke(loaded);
            issued = loaded;
            temporary = null;
        }
        catch (CertificateException exception)
        {
            HostLog.CertificateRejected(logger, exception.Message);
        }
    }
}
