using Heliograph.Certificates;

namespace Heliograph.Status;

/// <summary>A certificate that is missing, or does not get renewed.</summary>
internal static class CertificateWarnings
{
    public static IEnumerable<StatusWarning> FromReport(CertificateReport certificate, DateTimeOffset now)
    {
        if (certificate.Source == "self-signed")
            yield break;
        if (certificate.NotAfter is not { } end || certificate.NotBefore is not { } begin)
            yield return new("certificate_missing", StatusWarning.Critical, $"There is no certificate yet, and no Signal app connects without one. {Told(certificate)}");
        else if (certificate.Revoked)
            yield return new("certificate_revoked", StatusWarning.Critical, $"The certificate is revoked. {Told(certificate)}");
        else if (end <= now)
            yield return new("certificate_expired", StatusWarning.Critical, $"The certificate expired at {end:u}, and no Signal app connects any more. {Told(certificate)}");
        else if (LateRenewal.IsLate(begin, end, now))
            yield return new("certificate_expires", StatusWarning.Critical, $"The certificate expires at {end:u} and is not renewed. {Told(certificate)}");
        else if (certificate.Failures > 0)
            yield return new("certificate_not_renewed", StatusWarning.Warning, $"The certificate could not be renewed. {Told(certificate)}");
    }

    private static string Told(CertificateReport certificate) => certificate switch
    {
        { LastError: { } error } => error,
        { Source: "files" } => "Look at the program that renews the files: they are watched, and new ones are taken at once.",
        _ => "See: heliograph certificate show.",
    };
}
