using Heliograph.Platform;

namespace Heliograph.Acme.Storage;

/// <summary>A certificate that only one of several machines has: it ordered alone, or could not store what it got.</summary>
internal static class LoneCertificate
{
    /// <summary>
    /// Whether what is shared serves as well: then every machine has it, and the lone one is not needed. Nor is one that is the very
    /// certificate that all had, as after an attempt that failed, or that is for none of the names.
    /// </summary>
    /// <param name="shared">What all have.</param>
    /// <param name="lone">What only this machine has.</param>
    /// <param name="names">For which a certificate is wanted.</param>
    /// <param name="now">One that has expired serves nobody.</param>
    public static bool IsNeedless(CertificateState shared, CertificateState lone, IReadOnlyList<string> names, DateTimeOffset now) =>
        Read(lone) is not { } own
        || own.ChainPem == shared.ChainPem
        || IsBad(lone, own)
        || IsCompromised(shared, own)
        || Count(own, names) == 0
        || (Read(shared) is { } common && Rank(shared, common, names, now).CompareTo(Rank(lone, own, names, now)) >= 0);

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

    /// <summary>
    /// How well it serves: whether clients accept it, for how many of the names, whether no other one is due because of the names, and
    /// for how long.
    /// </summary>
    private static (bool IsGood, int Names, bool IsForAll, DateTimeOffset Until) Rank(
        CertificateState state, IssuedCertificate certificate, IReadOnlyList<string> names, DateTimeOffset now) => (
            certificate.NotAfter > now && !IsBad(state, certificate),
            Count(certificate, names),
            (state.Names ?? certificate.Names).ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(names),
            certificate.NotAfter);

    private static bool IsBad(CertificateState state, IssuedCertificate certificate) => state.Revoked || IsCompromised(state, certificate);

    private static bool IsCompromised(CertificateState state, IssuedCertificate certificate) =>
        state.Compromised.Any(one => one.ChainPem == certificate.ChainPem);

    private static int Count(IssuedCertificate certificate, IReadOnlyList<string> names) =>
        names.Count(name => certificate.Names.Any(pattern => NamePattern.Covers(pattern, name)));

    private static IssuedCertificate? Read(CertificateState state) =>
        state is { ChainPem: { } chain, KeyPem: { } key } ? IssuedCertificate.FromPem(chain, key, state.IssuedBy ?? "") : null;
}
