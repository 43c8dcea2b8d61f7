using Heliograph.Acme.Issuance;
using Heliograph.Acme.Storage;
using Heliograph.Platform;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme;

/// <summary>Takes over a certificate that another program got from the same authority: it serves from the first start, and is renewed from here when it is due.</summary>
public static class Adoption
{
    /// <param name="options">The authority must be the one that issued it, and the domains must be in it.</param>
    /// <param name="chainPem">The leaf first.</param>
    /// <param name="keyPem">The leaf's key.</param>
    /// <param name="timeProvider">The time.</param>
    /// <param name="logger">Never sees the key.</param>
    /// <param name="cancellationToken">Ends the wait for another process that orders a certificate just now.</param>
    /// <returns>False: one that lasts as long is stored already, and stays.</returns>
    /// <exception cref="AcmeException">It is not good for that, or cannot be stored.</exception>
    public static async Task<bool> AdoptAsync(AcmeOptions options, string chainPem, string keyPem, TimeProvider timeProvider, ILogger logger, CancellationToken cancellationToken)
    {
        IReadOnlyList<Identifier> identifiers = [.. options.Domains.Select(Identifier.Parse)];
        var adopted = CertificateCheck.Accept(chainPem, keyPem, options.Directory, identifiers, timeProvider.GetUtcNow(), clockAhead: null);
        var files = new StateFiles(new PrivateDirectory(Path.Combine(options.StateDirectory, CertificateManager.DirectoryName), timeProvider, logger));
        files.Create();
        var store = new CertificateStore(files, timeProvider);
        using var held = await store.LockAsync(cancellationToken);
        var state = store.Load();
        if (state is { ChainPem: { } chain, KeyPem: { } key } && Covers(IssuedCertificate.FromPem(chain, key, state.IssuedBy ?? ""), adopted, identifiers))
            return false;
        store.Save(new CertificateState
        {
            ChainPem = chainPem,
            KeyPem = keyPem,
            IssuedBy = options.Directory,
            // What will be asked for: the other program may have asked for more.
            Names = [.. identifiers.Select(static identifier => identifier.Value)],
        });
        return true;
    }

    private static bool Covers(IssuedCertificate stored, IssuedCertificate adopted, IReadOnlyList<Identifier> identifiers) =>
        stored.NotAfter >= adopted.NotAfter && identifiers.All(identifier => stored.Names.Contains(identifier.Value, StringComparer.OrdinalIgnoreCase));
}
