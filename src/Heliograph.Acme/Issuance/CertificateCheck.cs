using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Acme.Protocol;

namespace Heliograph.Acme.Issuance;

/// <summary>The conditions a new certificate must meet before it replaces a working one.</summary>
internal static class CertificateCheck
{
    private const int MaxChain = 10;

    public static IssuedCertificate Accept(
        string chainPem, string keyPem, string directory, IReadOnlyList<Identifier> identifiers, DateTimeOffset now, TimeSpan? clockAhead)
    {
        IssuedCertificate certificate;
        try
        {
            certificate = IssuedCertificate.FromPem(chainPem, keyPem, directory);
            CheckChain(chainPem, directory);
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

    private static void CheckChain(string chainPem, string directory)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(chainPem);
            if (chain.Count > MaxChain)
                throw Broken(directory, $"its chain has {chain.Count} certificates");
            for (var i = 1; i < chain.Count; i++)
            {
                if (!chain[i - 1].IssuerName.RawData.AsSpan().SequenceEqual(chain[i].SubjectName.RawData))
                    throw Broken(directory, $"certificate {i + 1} of its chain is not the issuer of the previous one");
            }
        }
        finally
        {
            foreach (var certificate in chain)
                certificate.Dispose();
        }
    }

    private static AcmeException Broken(string directory, string why) => new(AcmeFailure.NotAcme,
        $"The certificate from {new Uri(directory).Host} is rejected because {why}; the previous one stays in use.");
}
