using System.Security.Cryptography;
using Heliograph.Acme.Issuance;

namespace Heliograph.Acme.Storage;

/// <summary>The certificate's file and the lock that protects orders.</summary>
internal sealed class CertificateStore
{
    private const string FileName = "certificate.json";
    private const string LockName = "lock";

    private static readonly TimeSpan LockPoll = TimeSpan.FromSeconds(2);

    private readonly StateFiles files;
    private readonly TimeProvider timeProvider;

    public CertificateStore(StateFiles files, TimeProvider timeProvider)
    {
        this.files = files;
        this.timeProvider = timeProvider;
    }

    public CertificateState Load()
    {
        var state = files.Read(FileName, StateJson.Default.CertificateState, Damage) ?? new CertificateState();
        // An order whose key cannot be read is lost; the certificate is not.
        return state.Pending is { } pending && !IsKey(pending.KeyPem) ? state with { Pending = null } : state;
    }

    /// <summary>Hold the lock: otherwise another process's certificate could be overwritten.</summary>
    public void Save(CertificateState state) => files.Write(FileName, state, StateJson.Default.CertificateState);

    /// <summary>Waits while another process holds it, for as long as its order takes.</summary>
    public async Task<IDisposable> LockAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (files.TryLock(LockName) is { } held)
                return held;
            await Task.Delay(LockPoll, timeProvider, cancellationToken);
        }
    }

    private static bool IsKey(string? pem)
    {
        try
        {
            PrivateKey.Open(pem ?? "").Dispose();
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static string? Damage(CertificateState state)
    {
        // Explicit nulls in the file reach members that have defaults.
        if (state.Attempts is null || state.Attempts.TrialFirst is null || state.Attempts.Orders is null || state.NotBefore is null
            || state.Attempts.Circumstances is { Addresses: null } or { Reachable: null })
            return "it is incomplete";
        if (state.ChainPem is null != state.KeyPem is null)
            return "it has a chain without a key, or a key without a chain";
        if (state.ChainPem is null)
            return null;
        try
        {
            _ = IssuedCertificate.FromPem(state.ChainPem, state.KeyPem!, state.IssuedBy ?? "");
            return null;
        }
        catch (CryptographicException exception)
        {
            return exception.Message;
        }
    }
}
