using Heliograph.Acme.Storage;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Renewal;

/// <summary>The certificate and its state, in memory and as they are stored, and the lock under which they change.</summary>
/// <param name="store">Where the state is.</param>
/// <param name="alone">Where a certificate is kept that cannot be shared; null: the state belongs to this machine.</param>
/// <param name="names">For which a certificate is wanted.</param>
/// <param name="authorities">The directories of those that it may have accounts at.</param>
/// <param name="timeProvider">The time.</param>
/// <param name="logger">Never sees a key.</param>
/// <param name="publish">Called with each new certificate.</param>
internal sealed class StateKeeper(
    CertificateStore store,
    AloneStore? alone,
    IReadOnlyList<string> names,
    IReadOnlyList<string> authorities,
    TimeProvider timeProvider,
    ILogger logger,
    Action<IssuedCertificate> publish)
{
    private IOrderRight? right;

    public CertificateState State { get; private set; } = new();

    public IssuedCertificate? Certificate { get; private set; }

    /// <summary>Whether other machines have a part in it.</summary>
    public bool IsShared => store.IsShared;

    /// <summary>The state in memory is newer than what is stored, which could not be written.</summary>
    public bool IsUnsaved { get; private set; }

    /// <summary>Only this one of several machines has the certificate: it is stored for all once they can be asked.</summary>
    public bool IsAlone => IsUnsaved && IsShared;

    /// <summary>While this machine orders.</summary>
    public IOrderRight Right => right ?? throw new InvalidOperationException("An order is placed without the lock.");

    /// <summary>Loads what this process or another one has stored.</summary>
    public void Reload()
    {
        if (IsUnsaved)
            return;
        Use(store.Load());
    }

    /// <summary>Whether what is shared can be asked.</summary>
    /// <exception cref="AcmeException">It can, and does not let this machine order.</exception>
    public async Task<bool> CanShareAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var held = await store.LockAsync(cancellationToken);
            return true;
        }
        catch (AcmeException exception) when (exception.Failure is AcmeFailure.Away)
        {
            return false;
        }
    }

    /// <summary>Whether this machine has something of its own to share, or to forget.</summary>
    public bool HasLone => IsAlone || alone is { HasFiles: true };

    /// <summary>Serves a certificate that only this machine has, if what is shared does not serve as well.</summary>
    /// <param name="lone">What this machine has.</param>
    /// <param name="isNew">It was ordered just now: whoever ordered it wants it served.</param>
    public void UseLone(CertificateState lone, bool isNew = false)
    {
        if (!isNew && IsNeedless(State, lone))
            return;
        Use(LoneCertificate.Join(State, lone));
        IsUnsaved = true;
    }

    /// <summary>Keeps a certificate that only this machine has, for a restart.</summary>
    public async Task KeepAsync()
    {
        try
        {
            await new CertificateStore(alone!).SaveAsync(State, CancellationToken.None);
        }
        catch (AcmeException exception)
        {
            logger.NotSaved(exception.Message);
        }
    }

    /// <summary>Nothing of this machine's own is left: what all share is used.</summary>
    public void ForgetLone()
    {
        try
        {
            alone!.Forget();
        }
        catch (AcmeException exception)
        {
            logger.NotSaved(exception.Message);
        }
    }

    /// <summary>Drops what this machine alone has, and uses what the others have.</summary>
    public void Yield()
    {
        IsUnsaved = false;
        Reload();
    }

    /// <summary>Remembers it until the next state is saved.</summary>
    public void Remember(CertificateState next) => State = next;

    /// <summary>Remembers what could not be written: it is saved when that is possible, and nothing stored replaces it before.</summary>
    public void RememberUnsaved(CertificateState next)
    {
        State = next;
        IsUnsaved = true;
    }

    /// <summary>It is already usable in memory; a full disk must not prevent it from being served.</summary>
    public void Adopt(IssuedCertificate certificate, CertificateState next)
    {
        RememberUnsaved(next);
        Certificate = certificate;
        publish(certificate);
    }

    public async Task SaveAsync(CertificateState next, CancellationToken cancellationToken)
    {
        if (store.IsShared && !IsUnsaved)
        {
            // Only what the others can see happens.
            await store.SaveAsync(next, cancellationToken);
            State = next;
            return;
        }
        RememberUnsaved(next);
        await store.SaveAsync(next, cancellationToken);
        IsUnsaved = false;
    }

    public async Task TrySaveAsync(CertificateState next)
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

    /// <summary>Does something under the lock, with what the last holder of it has stored.</summary>
    /// <returns>False: another machine has the lock, and nothing was done.</returns>
    public async Task<bool> LockedAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await using var held = await store.LockAsync(cancellationToken);
        if (held is null)
            return false;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        right = held;
        try
        {
            // Another process or machine may have held the lock to do just this.
            await CatchUpAsync(either.Token);
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

    /// <exception cref="AcmeException">Another machine has the lock.</exception>
    public async Task LockedOrThrowAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        if (!await LockedAsync(work, cancellationToken))
            throw new AcmeException(
                AcmeFailure.Superseded, "Another machine of the fleet is ordering a certificate just now; try again in a minute.");
    }

    private bool IsNeedless(CertificateState shared, CertificateState lone) =>
        LoneCertificate.IsNeedless(shared, lone, names, timeProvider.GetUtcNow());

    private void Use(CertificateState next)
    {
        State = next;
        if (State.ChainPem is not { } chain || (chain == Certificate?.ChainPem && State.KeyPem == Certificate.KeyPem))
            return;
        Certificate = IssuedCertificate.FromPem(chain, State.KeyPem!, State.IssuedBy ?? "");
        publish(Certificate);
    }

    /// <summary>Takes what the others have stored, while the lock is held, and gives them what only this machine has.</summary>
    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var hadLone = HasLone;
        if (IsAlone)
            await ShareCertificateAsync(cancellationToken);
        else
            Reload();
        if (!hadLone)
            return;
        await alone!.ShareAccountsAsync(authorities, cancellationToken);
        ForgetLone();
    }

    private async Task ShareCertificateAsync(CancellationToken cancellationToken)
    {
        var (shared, lone) = (store.Load(), Certificate!);
        if (IsNeedless(shared, State))
        {
            logger.LoneNotNeeded(lone);
        }
        else
        {
            await store.SaveAsync(LoneCertificate.Join(shared, State), cancellationToken);
            logger.LoneShared(lone);
        }
        Yield();
    }
}
