using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using Heliograph.Certificates;

namespace Heliograph.Checking;

/// <summary>The problems of a certificate. The words are a contract with scripts.</summary>
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

/// <summary>The certificate that a server presented. Every text in it comes from the server, made safe to display.</summary>
internal sealed record CertificateCheck
{
    private const int MostNames = 8;

    /// <summary>The first few of the names and addresses that it covers.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required string Issuer { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required int DaysLeft { get; init; }

    /// <summary>Whether it should have been renewed long ago: <see cref="LateRenewal"/>.</summary>
    [JsonIgnore]
    public bool IsLate { get; init; }

    /// <summary>The roots that verified it, chain and name; null: it was not verified.</summary>
    public string? VerifiedBy { get; init; }

    /// <summary>Words of <see cref="CertificateProblem"/>, the most serious first; empty when it is verified.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Its name and its dates are right; only its issuer could not be verified.</summary>
    public bool IsOnlyUnproven() =>
        Problems.All(static problem =>
            problem is CertificateProblem.SelfSigned or CertificateProblem.ChainIncomplete or CertificateProblem.Untrusted);

    /// <summary>Its first names, for a person.</summary>
    public string Describe(int mostNames) =>
        Names.Count == 0 ? "no name" : string.Join(", ", Names.Take(mostNames)) + (Names.Count > mostNames ? ", ..." : "");

    public static CertificateCheck FromCertificate(
        X509Certificate2 certificate, DateTimeOffset now, string? verifiedBy, IReadOnlyList<string> problems)
    {
        var (begin, end) = (
            new DateTimeOffset(certificate.NotBefore.ToUniversalTime()), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
        return new()
        {
            Names = ReadNames(certificate),
            Issuer = ReadIssuer(certificate),
            NotBefore = begin,
            NotAfter = end,
            DaysLeft = (int)Math.Floor((end - now).TotalDays),
            IsLate = LateRenewal.IsLate(begin, end, now),
            VerifiedBy = verifiedBy,
            Problems = problems,
        };
    }

    private static IReadOnlyList<string> ReadNames(X509Certificate2 certificate)
    {
        try
        {
            var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
            if (alternatives is null)
                return [];
            return
            [
                .. alternatives
                    .EnumerateDnsNames()
                    .Concat(alternatives.EnumerateIPAddresses().Select(static address => address.ToString()))
                    .Take(MostNames)
                    .Select(static name => Untrusted.Line(name)),
            ];
        }
        catch (CryptographicException)
        {
            // A malformed name: there is nothing to show.
            return [];
        }
    }

    /// <summary>Its common name and organization, by which people know authorities.</summary>
    private static string ReadIssuer(X509Certificate2 certificate)
    {
        var parts = certificate.IssuerName.EnumerateRelativeDistinguishedNames(reversed: false)
            .Where(static part => !part.HasMultipleElements)
            .Select(static part => (Type: part.GetSingleElementType().Value, Value: ReadValue(part)))
            .ToList();
        var common = parts.Find(static part => part.Type == "2.5.4.3").Value;
        var organization = parts.Find(static part => part.Type == "2.5.4.10").Value;
        return Untrusted.Line((common, organization) switch
        {
            (null, null) => "an unnamed issuer",
            (null, _) => organization,
            (_, null) => common,
            _ => $"{common} ({organization})",
        });
    }

    private static string? ReadValue(X500RelativeDistinguishedName part)
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
