using Heliograph.Certificates;

namespace Heliograph.Status;

/// <summary>Warnings about a certificate that is missing or not being renewed.</summary>
internal static class CertificateWarnings
{
    public static IEnumerable<StatusWarning> FromReport(CertificateReport certificate, DateTimeOffset now)
    {
        if (certificate.Source == "self-signed")
            yield break;
        if (certificate.NotAfter is not { } end || certificate.NotBefore is not { } begin)
            yield return new(
                "certificate_missing",
                StatusWarning.Critical,
                $"There is no certificate yet, and no Signal app can connect without one. {Detail(certificate)}");
        else if (certificate.Revoked)
            yield return new("certificate_revoked", StatusWarning.Critical, $"The certificate is revoked. {Detail(certificate)}");
        else if (end <= now)
            yield return new(
                "certificate_expired",
                StatusWarning.Critical,
                $"The certificate expired at {end:u}, and no Signal app can connect any more. {Detail(certificate)}");
        else if (LateRenewal.IsLate(begin, end, now))
            yield return new(
                "certificate_expires",
                StatusWarning.Critical,
                $"The certificate expires at {end:u} and has not been renewed. {Detail(certificate)}");
        else if (certificate.Failures > 0)
            yield return new(
                "certificate_not_renewed", StatusWarning.Warning, $"The certificate could not be renewed. {Detail(certificate)}");
    }

    private static string Detail(CertificateReport certificate) => certificate switch
    {
        { LastError: { } error, UnderWay: true } => $"{error} Another attempt is in progress.",
        { LastError: { } error, LimitedUntil: { } until } => $"{error} The authority accepts no request before {until:u}.",
        { LastError: { } error, NextRenewal: { } next } =>
            $"{error} The next attempt is at {next:u}; once the cause is gone, ask at once with: heliograph certificate renew.",
        { LastError: { } error } => error,
        { Source: "files" } => "Check the program that renews the files: Heliograph watches them and loads new ones at once.",
        _ => "See: heliograph certificate show.",
    };
}
