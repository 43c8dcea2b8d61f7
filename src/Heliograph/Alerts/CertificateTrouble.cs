using Heliograph.Certificates;
using Heliograph.Configuration;

namespace Heliograph.Alerts;

/// <summary>Whether the certificate will run out because nobody renews it.</summary>
internal static class CertificateTrouble
{
    /// <summary>The fourth failure in a row comes about two hours after the first: whatever passes by itself has passed.</summary>
    private const int ManyFailures = 4;

    /// <summary>A sentence; null: there is no trouble.</summary>
    public static string? Find(CertificateReport certificate, DateTimeOffset now)
    {
        var error = certificate.LastError is { } last ? $"; the last error: {last}" : "";
        if (certificate.Failures >= ManyFailures)
            return $"the certificate{Until(certificate)} cannot be renewed: {certificate.Failures} attempts in a row have failed{error}";
        if (!IsRunningOut(certificate, now))
            return null;
        return certificate.Source == Words.Find(Words.CertificateOrigins, CertificateOrigin.Files)
            ? $"the certificate{Until(certificate)} was not renewed: whatever renews the files of certificate.chain and certificate.key " +
                $"has not done so"
            : $"the certificate{Until(certificate)} was not renewed in time{error}";
    }

    private static bool IsRunningOut(CertificateReport certificate, DateTimeOffset now) =>
        certificate.Source != Words.Find(Words.CertificateOrigins, CertificateOrigin.SelfSigned)
        && certificate is { NotBefore: { } start, NotAfter: { } end } && LateRenewal.IsLate(start, end, now);

    private static string Until(CertificateReport certificate) => certificate.NotAfter is { } end ? $", valid until {end:u}," : "";
}
