using System.Security.Cryptography;
using Heliograph.Acme.Issuance;

namespace Heliograph.Acme.Storage;

/// <summary>The certificate's document and the lock that protects orders.</summary>
internal sealed class CertificateStore
{
    private readonly IStateStore store;

    public CertificateStore(IStateStore store)
    {
        this.store = store;
    }

    public bool IsShared => store.IsShared;

    public CertificateState Load()
    {
        var state = store.Read(CertificateManager.CertificateDocument, StateJson.Default.CertificateState, FindProblem)
            ?? new CertificateState();
        // An order whose key cannot be read is lost; the certificate is not.
        return state.Pending is { } pending && !IsKey(pending.KeyPem) ? state with { Pending = null } : state;
    }

    public Task SaveAsync(CertificateState state, CancellationToken cancellationToken) =>
        store.WriteAsync(CertificateManager.CertificateDocument, state, StateJson.Default.CertificateState, cancellationToken);

    public Task<IOrderRight?> LockAsync(CancellationToken cancellationToken) => store.LockAsync(cancellationToken);

    /// <returns>The defect; null: it has none.</returns>
    public static string? FindProblem(CertificateState state)
    {
        // Explicit nulls in the file reach members that have defaults.
        if (state.Attempts is null || state.Attempts.TrialFirst is null || state.Attempts.Orders is null || state.NotBefore is null
            || state.Attempts.Circumstances is { Addresses: null } or { Reachable: null })
            return "it is incomplete";
        if (state.Compromised.Select(FindProblemOf).FirstOrDefault(static problem => problem is not null) is { } problem)
            return problem;
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

    private static string? FindProblemOf(CompromisedCertificate? compromised)
    {
        if (compromised is null or { ChainPem: null } or { KeyPem: null } or { Directory: null })
            return "it is incomplete";
        try
        {
            _ = IssuedCertificate.FromPem(compromised.ChainPem, compromised.KeyPem, compromised.Directory);
            return null;
        }
        catch (CryptographicException exception)
        {
            return exception.Message;
        }
    }
}
