using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using Heliograph.Certificates;

namespace Heliograph.Checking;

/// <summary>What is wrong with a certificate. The words are a contract with scripts.</summary>
internal static class CertificateProblem
{
    public const string Expired = "expired";
    public const string NotYetValid = "not_yet_valid";
    public const string WrongName = "wrong_name";
    public const string SelfSigned = "self_signed";
    public const string ChainIncomplete = "chain_incomplete";
    public const string Untrusted = "untrusted";
    public const string Unusable = "unusable";
}

/// <summary>The certificate that a server showed. Every text in it is what the server says, made fit to be shown.</summary>
internal sealed record CertificateCheck
{
    private const int MostNames = 8;

    /// <summary>The names and addresses it is for, a few of them.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required string Issuer { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required int DaysLeft { get; init; }

    /// <summary>Whether it should have been renewed long since: <see cref="LateRenewal"/>.</summary>
    [JsonIgnore]
    public bool IsLate { get; init; }

    /// <summary>By which roots it was verified, chain and name; null: it was not.</summary>
    public string? VerifiedBy { get; init; }

    /// <summary>Words of <see cref="CertificateProblem"/>, the gravest first; empty when it is verified.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Its name and its dates are right, and it is only unknown whose signature it bears.</summary>
    public bool IsOnlyUnproven() => Problems.All(static problem => problem is CertificateProblem.SelfSigned or CertificateProblem.ChainIncomplete or CertificateProblem.Untrusted);

    public static CertificateCheck FromCertificate(X509Certificate2 certificate, DateTimeOffset now, string? verifiedBy, IReadOnlyList<string> problems)
    {
        var (begin, end) = (new DateTimeOffset(certificate.NotBefore.ToUniversalTime()), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
        return new()
        {
            Names = NamesOf(certificate),
            Issuer = IssuerOf(certificate),
            NotBefore = begin,
            NotAfter = end,
            DaysLeft = (int)Math.Floor((end - now).TotalDays),
            IsLate = LateRenewal.IsLate(begin, end, now),
            VerifiedBy = verifiedBy,
            Problems = problems,
        };
    }

    private static IReadOnlyList<string> NamesOf(X509Certificate2 certificate)
    {
        try
        {
            var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
            if (alternatives is null)
                return [];
            return [.. alternatives.EnumerateDnsNames().Concat(alternatives.EnumerateIPAddresses().Select(static address => address.ToString()))
                .Take(MostNames).Select(static name => Untrusted.Line(name))];
        }
        catch (CryptographicException)
        {
            // A name that is none: the certificate is for nothing that we could show.
            return [];
        }
    }

    /// <summary>Its common name and organization, which is how people know authorities.</summary>
    private static string IssuerOf(X509Certificate2 certificate)
    {
        var parts = certificate.IssuerName.EnumerateRelativeDistinguishedNames(reversed: false)
            .Where(static part => !part.HasMultipleElements)
            .Select(static part => (Type: part.GetSingleElementType().Value, Value: ValueOf(part)))
            .ToList();
        var common = parts.Find(static part => part.Type == "2.5.4.3").Value;
        var organization = parts.Find(static part => part.Type == "2.5.4.10").Value;
        return Untrusted.Line((common, organization) switch
        {
            (null, null) => "nobody named",
            (null, _) => organization,
            (_, null) => common,
            _ => $"{common} ({organization})",
        });
    }

    private static string? ValueOf(X500RelativeDistinguishedName part)
    {
        try
        {
            return part.GetSingleElementValue();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
