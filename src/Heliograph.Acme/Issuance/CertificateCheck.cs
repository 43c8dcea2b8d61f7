using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Acme.Protocol;
using Heliograph.Platform.Pem;

namespace Heliograph.Acme.Issuance;

/// <summary>The conditions a new certificate must meet before it replaces a working one.</summary>
internal static class CertificateCheck
{
    private const int MaxChain = 10;

    /// <param name="chainPem">The chain, the leaf first.</param>
    /// <param name="keyPem">The leaf's key.</param>
    /// <param name="issuer">The authority that issued it.</param>
    /// <param name="identifiers">What it must cover.</param>
    /// <param name="now">The time.</param>
    /// <param name="clockAhead">How far the authority's clock is ahead of this machine's; null: unknown.</param>
    /// <exception cref="AcmeException">It is not suitable.</exception>
    public static IssuedCertificate Accept(
        string chainPem,
        string keyPem,
        IssuerOptions issuer,
        IReadOnlyList<Identifier> identifiers,
        DateTimeOffset now,
        TimeSpan? clockAhead)
    {
        var directory = issuer.Directory;
        IssuedCertificate certificate;
        try
        {
            certificate = IssuedCertificate.FromPem(chainPem, keyPem, directory);
            CheckChain(chainPem, issuer);
        }
        catch (CryptographicException exception)
        {
            throw Broken(directory, exception.Message.TrimEnd('.'));
        }

        var covered = certificate.Names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (identifiers.FirstOrDefault(identifier => !covered.Contains(identifier.Value)) is { } missing)
            throw Broken(directory, $"it does not cover {missing}");
        if (certificate.NotBefore > now + ClockProbe.Tolerance || certificate.NotAfter <= now)
        {
            var advice =
                clockAhead is { } ahead && ahead.Duration() > ClockProbe.Tolerance
                    ? $"this machine's clock is {ClockProbe.Say(ahead)} the authority's; set it (timedatectl set-ntp true)"
                    : "check this machine's clock (timedatectl)";
            throw new AcmeException(
                AcmeFailure.Clock,
                $"The new certificate is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u}, " +
                $"but it is {now:u} here: {advice}.");
        }

        return certificate;
    }

    private static void CheckChain(string chainPem, IssuerOptions issuer)
    {
        var directory = issuer.Directory;
        var chain = ChainPem.Read(chainPem).Select(static der => X509CertificateLoader.LoadCertificate(der.Span)).ToList();
        try
        {
            if (chain.Count > MaxChain)
                throw Broken(directory, $"its chain has {chain.Count} certificates");
            for (var i = 1; i < chain.Count; i++)
            {
                if (!chain[i - 1].IssuerName.RawData.AsSpan().SequenceEqual(chain[i].SubjectName.RawData))
                    throw Broken(directory, $"certificate {i + 1} of its chain is not the issuer of the previous one");
            }
            if (chain.Count == 1 && !LeadsToRoot(chain[0], issuer.CaRoot))
                throw Broken(
                    directory,
                    $"it came without the certificate of its issuer ({Text.Clean(chain[0].GetNameInfo(X509NameType.SimpleName, true))}), " +
                    "so no client could verify it");
        }
        finally
        {
            foreach (var certificate in chain)
                certificate.Dispose();
        }
    }

    /// <summary>
    /// Whether the leaf's own issuer is a root that this machine has. An authority may leave the root out of the chain, and a private one
    /// may have no other certificate (RFC 8555 section 7.4.2).
    /// </summary>
    private static bool LeadsToRoot(X509Certificate2 leaf, string? caRoot)
    {
        using var search = new X509Chain();
        search.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        search.ChainPolicy.DisableCertificateDownloads = true;
        search.ChainPolicy.VerificationFlags = X509VerificationFlags.AllFlags;
        if (caRoot is not null)
            search.ChainPolicy.ExtraStore.AddRange(CaRoots.Read(caRoot));
        search.Build(leaf);
        return search.ChainStatus.All(static status => status.Status != X509ChainStatusFlags.PartialChain);
    }

    private static AcmeException Broken(string directory, string why) => new(AcmeFailure.NotAcme,
        $"The certificate from {new Uri(directory).Host} is rejected because {why}; the previous one stays in use.");
}
