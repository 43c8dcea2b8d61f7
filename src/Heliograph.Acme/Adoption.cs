using Heliograph.Acme.Issuance;
using Heliograph.Acme.Storage;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme;

/// <summary>
/// Takes over a certificate that another program got from the same authority: it is served from the first start and renewed here
/// when it is due.
/// </summary>
public static class Adoption
{
    /// <param name="options">The authority must be the one that issued it, and it must cover the domains.</param>
    /// <param name="chainPem">The leaf first.</param>
    /// <param name="keyPem">The leaf's key.</param>
    /// <param name="timeProvider">The time.</param>
    /// <param name="logger">Never sees the key.</param>
    /// <param name="cancellationToken">Ends the wait for another process that is ordering a certificate.</param>
    /// <returns>False if a certificate that is valid at least as long is already stored; that one stays.</returns>
    /// <exception cref="AcmeException">It is not suitable, or cannot be stored.</exception>
    public static async Task<bool> AdoptAsync(
        AcmeOptions options, string chainPem, string keyPem, TimeProvider timeProvider, ILogger logger, CancellationToken cancellationToken)
    {
        IReadOnlyList<Identifier> identifiers = [.. options.Domains.Select(Identifier.Parse)];
        var adopted = CertificateCheck.Accept(chainPem, keyPem, options.Primary, identifiers, timeProvider.GetUtcNow(), clockAhead: null);
        var files = CertificateManager.Files(options, timeProvider, logger, fault: null);
        files.Create();
        var store = new CertificateStore(files);
        await using var held = await store.LockAsync(cancellationToken);
        var state = store.Load();
        if (
            state is { ChainPem: { } chain, KeyPem: { } key }
            && Covers(IssuedCertificate.FromPem(chain, key, state.IssuedBy ?? ""), adopted, identifiers))
            return false;
        await store.SaveAsync(
            new CertificateState
            {
                ChainPem = chainPem,
                KeyPem = keyPem,
                IssuedBy = options.Directory,
                // The names of later orders: the other program may have ordered more.
                Names = [.. identifiers.Select(static identifier => identifier.Value)],
            },
            cancellationToken);
        return true;
    }

    private static bool Covers(IssuedCertificate stored, IssuedCertificate adopted, IReadOnlyList<Identifier> identifiers) =>
        stored.NotAfter >= adopted.NotAfter
        && identifiers.All(identifier => stored.Names.Contains(identifier.Value, StringComparer.OrdinalIgnoreCase));
}
