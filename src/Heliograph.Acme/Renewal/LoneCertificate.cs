using Heliograph.Acme.Storage;

namespace Heliograph.Acme.Renewal;

/// <summary>A certificate that only one of several machines has: it ordered alone, or could not store what it got.</summary>
internal static class LoneCertificate
{
    /// <summary>
    /// Whether what is shared serves as well: then every machine has it, and the lone one is not needed. Nor is one that is the very
    /// certificate that all had, as after an attempt that failed, or whose key somebody else has.
    /// </summary>
    /// <param name="shared">What all have.</param>
    /// <param name="lone">What only this machine has.</param>
    /// <param name="names">For which a certificate is wanted.</param>
    public static bool IsNeedless(CertificateState shared, CertificateState lone, IReadOnlyList<string> names) =>
        Read(lone) is not { } own
        || own.ChainPem == shared.ChainPem
        || lone.Revoked
        || shared.Compromised.Any(one => one.ChainPem == own.ChainPem)
        || !IsFor(lone, own, names)
        || (Read(shared) is { } common
            && IsFor(shared, common, names)
            && !shared.Revoked
            && !shared.Compromised.Any(one => one.ChainPem == common.ChainPem)
            && common.NotAfter >= own.NotAfter);

    /// <summary>What is shared, with the lone certificate in place of its own.</summary>
    public static CertificateState Join(CertificateState shared, CertificateState lone) => shared with
    {
        ChainPem = lone.ChainPem,
        KeyPem = lone.KeyPem,
        IssuedBy = lone.IssuedBy,
        Names = lone.Names,
        ObtainedAt = lone.ObtainedAt,
        Revoked = false,
        Ari = null,
        Attempts = new Attempts(),
        Pending = null,
        Leaving = null,
    };

    private static bool IsFor(CertificateState state, IssuedCertificate certificate, IReadOnlyList<string> names) =>
        (state.Names ?? certificate.Names).ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(names);

    private static IssuedCertificate? Read(CertificateState state) =>
        state is { ChainPem: { } chain, KeyPem: { } key } ? IssuedCertificate.FromPem(chain, key, state.IssuedBy ?? "") : null;
}
