using Heliograph.Certificates;
using Heliograph.Configuration;

namespace Heliograph.Alerts;

/// <summary>Whether the certificate will expire because nobody renews it.</summary>
internal static class CertificateTrouble
{
    /// <summary>The fourth failure in a row is about two hours after the first: a temporary problem is over by then.</summary>
    private const int ManyFailures = 4;

    /// <summary>One sentence for the operator; null: no trouble.</summary>
    public static string? Find(CertificateReport certificate, DateTimeOffset now)
    {
        var error = certificate.LastError is { } last ? $"; last error: {last}" : "";
        if (certificate.Failures >= ManyFailures)
            return $"the certificate{Until(certificate)} cannot be renewed: {certificate.Failures} attempts in a row have failed{error}";
        if (!ExpiresSoon(certificate, now))
            return null;
        return certificate.Source == Words.Find(Words.CertificateOrigins, CertificateOrigin.Files)
            ? $"the certificate{Until(certificate)} was not renewed: check the program that renews the files in certificate.chain and " +
                $"certificate.key"
            : $"the certificate{Until(certificate)} was not renewed in time{error}";
    }

    private static bool ExpiresSoon(CertificateReport certificate, DateTimeOffset now) =>
        certificate.Source != Words.Find(Words.CertificateOrigins, CertificateOrigin.SelfSigned)
        && certificate is { NotBefore: { } start, NotAfter: { } end } && LateRenewal.IsLate(start, end, now);

    private static string Until(CertificateReport certificate) => certificate.NotAfter is { } end ? $", valid until {end:u}," : "";
}
