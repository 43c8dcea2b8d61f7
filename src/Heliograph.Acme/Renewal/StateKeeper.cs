using Heliograph.Acme.Storage;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Renewal;

/// <summary>The certificate and its state, in memory and as they are stored, and the lock under which they change.</summary>
internal sealed class StateKeeper(CertificateStore store, ILogger logger, Action<IssuedCertificate> publish)
{
    private IOrderRight? right;

    public CertificateState State { get; private set; } = new();

    public IssuedCertificate? Certificate { get; private set; }

    /// <summary>Whether other machines have a part in it.</summary>
    public bool IsShared => store.IsShared;

    /// <summary>The state in memory is newer than what is stored, which could not be written.</summary>
    public bool IsUnsaved { get; private set; }

    /// <summary>While this machine orders.</summary>
    public IOrderRight Right => right ?? throw new InvalidOperationException("An order is placed without the lock.");

    /// <summary>Loads what this process or another one has stored.</summary>
    public void Reload()
    {
        if (IsUnsaved)
            return;
        State = store.Load();
        if (State.ChainPem is not { } chain || (chain == Certificate?.ChainPem && State.KeyPem == Certificate.KeyPem))
            return;
        Certificate = IssuedCertificate.FromPem(chain, State.KeyPem!, State.IssuedBy ?? "");
        publish(Certificate);
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

    /// <exception cref="AcmeException">Another machine has the lock.</exception>
    public async Task LockedOrThrowAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        if (!await LockedAsync(work, cancellationToken))
            throw new AcmeException(
                AcmeFailure.Superseded, "Another machine of the fleet is ordering a certificate just now; try again in a minute.");
    }
}
