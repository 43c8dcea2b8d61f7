using Heliograph.Platform;
using Heliograph.Platform.Pem;
using Heliograph.Relay.OuterTls;

namespace Heliograph.Certificates;

/// <summary>Why clients refuse a certificate that can be served. Known at once, without asking anybody.</summary>
internal static class CertificateFaults
{
    /// <param name="certificate">The certificate to serve.</param>
    /// <param name="domains">The names that clients ask for: <c>domains</c>.</param>
    /// <param name="now">The time.</param>
    /// <returns>A sentence for the operator about each fault: what is wrong, and what to do.</returns>
    public static IEnumerable<string> Find(ServerCertificate certificate, IReadOnlyList<string> domains, DateTimeOffset now)
    {
        var missing = domains.Where(domain => !certificate.Names.Any(name => NamePattern.Covers(name, domain))).ToList();
        if (missing.Count > 0)
            yield return
                $"it is for {Join(certificate.Names, "no name")}, but not for {Join(missing, "")}, which is in domains";
        if (certificate.NotBefore > now)
            yield return
                $"it is valid only from {certificate.NotBefore:u}, and here it is {now:u}; check this machine's clock (timedatectl), or " +
                "wait";
        if (certificate.NotAfter <= now)
            yield return
                $"it expired at {certificate.NotAfter:u}, and here it is {now:u}; renew it, or check this machine's clock (timedatectl)";
        if (!LeafIssuer.IsIn(certificate.Chain))
            yield return
                $"its issuer ({certificate.Issuer}) is not in its chain; serve the whole chain (certbot's fullchain.pem, not cert.pem)";
    }

    private static string Join(IReadOnlyList<string> names, string none)
    {
        const int Most = 5;
        return names.Count == 0 ? none : string.Join(", ", names.Take(Most)) + (names.Count > Most ? ", ..." : "");
    }
}
