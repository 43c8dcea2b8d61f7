using Heliograph.Acme;
using Heliograph.Relay.OuterTls;

namespace Heliograph.Certificates;

/// <summary>
/// The state of the certificate and of its renewal: <c>heliograph certificate show --json</c>, a contract with scripts.
/// </summary>
internal sealed record CertificateReport
{
    /// <summary><c>certificate.source</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Whether a server is running; if not, this is the stored state.</summary>
    public bool Running { get; init; }

    /// <summary>The certificate's names; like its other members, null while there is no certificate.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    public string? Issuer { get; init; }

    /// <summary>The ACME directory of the authority that issued it.</summary>
    public string? Directory { get; init; }

    public string? SerialNumber { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    public bool Revoked { get; init; }

    /// <summary>A request to the authority is in progress.</summary>
    public bool UnderWay { get; init; }

    /// <summary>Null if another program renews it.</summary>
    public DateTimeOffset? NextRenewal { get; init; }

    public string? NextRenewalReason { get; init; }

    public string? ExplanationUrl { get; init; }

    /// <summary>The authority accepts no request before this instant; null: it does not say.</summary>
    public DateTimeOffset? LimitedUntil { get; init; }

    /// <summary>Failed attempts in a row.</summary>
    public int Failures { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>Only this machine of the fleet has it: it was ordered by <c>certificate renew --alone</c>.</summary>
    public bool Alone { get; init; }

    /// <summary><c>60 days left</c>.</summary>
    public string Left(DateTimeOffset now)
    {
        if (Revoked)
            return "revoked";
        var left = (NotAfter ?? now) - now;
        return left < TimeSpan.Zero ? "expired"
            : left < TimeSpan.FromDays(2) ? $"{Math.Floor(left.TotalHours):0} hours left"
            : $"{left.Days} days left";
    }

    public static CertificateReport FromDescription(CertificateDescription described) => new()
    {
        Source = "acme",
        Names = described.Names,
        Issuer = described.Issuer,
        Directory = described.Directory,
        SerialNumber = described.SerialNumber,
        NotBefore = described.NotBefore,
        NotAfter = described.NotAfter,
        Revoked = described.Revoked,
        UnderWay = described.UnderWay,
        NextRenewal = described.NextRenewal,
        NextRenewalReason = described.NextRenewalReason,
        ExplanationUrl = described.ExplanationUrl,
        LimitedUntil = described.LimitedUntil,
        Failures = described.Failures,
        LastError = described.LastError,
        LastErrorAt = described.LastErrorAt,
        Alone = described.Alone,
    };

    public static CertificateReport FromDescription(string source, ServerCertificate certificate) => new()
    {
        Source = source,
        Names = certificate.Names,
        Issuer = certificate.Issuer,
        NotBefore = certificate.NotBefore,
        NotAfter = certificate.NotAfter,
    };
}
