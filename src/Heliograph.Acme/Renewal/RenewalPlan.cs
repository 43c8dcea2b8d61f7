using Heliograph.Acme.Storage;

namespace Heliograph.Acme.Renewal;

/// <summary>When a certificate should be renewed, and why then. Failures and rate limits may delay it.</summary>
internal sealed record RenewalPlan(DateTimeOffset At, string Reason)
{
    private static readonly TimeSpan ShortLived = TimeSpan.FromDays(10);

    // An authority that keeps suggesting a time in the past, or issues the same old certificate, must not be asked in a loop.
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    public static RenewalPlan For(
        IssuedCertificate? certificate,
        CertificateState state,
        AcmeOptions options,
        IReadOnlyList<string> names,
        DateTimeOffset now,
        bool isShared)
    {
        if (certificate is null)
            return new RenewalPlan(now, "there is no certificate yet");
        if (state.Compromised.Any(one => one.ChainPem == certificate.ChainPem))
            return new RenewalPlan(now, "somebody else has its key");
        if (state.Revoked)
            return new RenewalPlan(now, "the certificate has been revoked");
        if (!(state.Names ?? certificate.Names).ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(names))
            return new RenewalPlan(now, "domains has changed");
        if (options.Issuers.All(issuer => issuer.Directory != certificate.Directory))
            return new RenewalPlan(now, "acme.directory has changed");

        // CertMagic's and Let's Encrypt's rule, for authorities that suggest nothing and for suggestions that never come.
        var isShort = certificate.Lifetime < ShortLived;
        var backstop = certificate.NotAfter - (certificate.Lifetime / (isShort ? 2 : 3));
        var pause = certificate.Lifetime / 4 < LongestPause ? certificate.Lifetime / 4 : LongestPause;
        var obtained = StoredInstant.IsAhead(state.ObtainedAt, now, isShared) ? null : state.ObtainedAt;
        var earliest = (obtained ?? certificate.NotBefore) + pause;
        var plan = state.Ari?.Chosen is { } chosen && chosen < backstop
            ? new RenewalPlan(chosen, "the authority suggests a window around that time (ARI)")
            : new RenewalPlan(backstop, isShort ? "half of its lifetime has passed by then" : "a third of its lifetime is left by then");
        return plan.At < earliest ? plan with { At = earliest } : plan;
    }
}
