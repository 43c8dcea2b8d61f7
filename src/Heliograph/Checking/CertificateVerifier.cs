using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Checking;

/// <summary>Some roots, and their name.</summary>
/// <param name="Name">For a person.</param>
/// <param name="Roots">Null: the system's.</param>
internal sealed record TrustedRoots(string Name, X509Certificate2Collection? Roots)
{
    public static readonly TrustedRoots System = new("the system's roots", null);
}

/// <summary>
/// Evaluates a certificate as clients do: the chain to a trusted root, and the name. Fetches nothing that the certificate points to.
/// </summary>
/// <param name="host">The name that the certificate must cover.</param>
/// <param name="trusted">Tried in order.</param>
/// <param name="timeProvider">For the days left.</param>
internal sealed class CertificateVerifier(string host, IReadOnlyList<TrustedRoots> trusted, TimeProvider timeProvider)
{
    /// <summary>
    /// For a handshake that must continue whatever the certificate: it is evaluated here, and no address in it is visited.
    /// </summary>
    public static X509ChainPolicy Policy(X509Certificate2Collection? roots)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            TrustMode = roots is null ? X509ChainTrustMode.System : X509ChainTrustMode.CustomRootTrust,
        };
        if (roots is not null)
            policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    /// <param name="leaf">The server's own certificate.</param>
    /// <param name="sent">All certificates that it sent, perhaps including the leaf.</param>
    /// <returns>Null: it cannot be read.</returns>
    public CertificateCheck? Evaluate(X509Certificate2 leaf, X509Certificate2Collection sent)
    {
        try
        {
            return EvaluateReadable(leaf, sent);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    private CertificateCheck EvaluateReadable(X509Certificate2 leaf, X509Certificate2Collection sent)
    {
        var nameIsWrong = !Matches(leaf);
        List<string>? first = null;
        foreach (var roots in trusted)
        {
            var problems = Problems(leaf, sent, roots.Roots);
            if (nameIsWrong)
                problems.Insert(problems.IndexOf(CertificateProblem.Expired) + 1, CertificateProblem.WrongName);
            if (problems.Count == 0)
                return CertificateCheck.FromCertificate(leaf, timeProvider.GetUtcNow(), roots.Name, []);
            first ??= problems;
        }
        return CertificateCheck.FromCertificate(leaf, timeProvider.GetUtcNow(), verifiedBy: null, first ?? []);
    }

    /// <summary>Clients no longer match the common name (RFC 9525 section 4).</summary>
    private bool Matches(X509Certificate2 leaf)
    {
        try
        {
            return leaf.MatchesHostname(host, allowWildcards: true, allowCommonName: false);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private List<string> Problems(X509Certificate2 leaf, X509Certificate2Collection sent, X509Certificate2Collection? roots)
    {
        using var chain = new X509Chain { ChainPolicy = Policy(roots) };
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        try
        {
            if (chain.Build(leaf))
                return [];
            var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status);
            return [.. Words(status, chain, leaf, sent)];
        }
        finally
        {
            foreach (var element in chain.ChainElements)
                element.Certificate.Dispose();
        }
    }

    private IEnumerable<string> Words(X509ChainStatusFlags status, X509Chain chain, X509Certificate2 leaf, X509Certificate2Collection sent)
    {
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            var now = timeProvider.GetUtcNow().UtcDateTime;
            var early = chain.ChainElements.Any(element => element.Certificate.NotBefore.ToUniversalTime() > now);
            yield return early ? CertificateProblem.NotYetValid : CertificateProblem.Expired;
        }
        if (status.HasFlag(X509ChainStatusFlags.UntrustedRoot))
            yield return chain.ChainElements.Count == 1 ? CertificateProblem.SelfSigned : CertificateProblem.Untrusted;
        // Without its intermediates a chain ends below the root, so it is unknown whether that root would be trusted.
        if (status.HasFlag(X509ChainStatusFlags.PartialChain))
            yield return sent.All(one => one.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span))
                ? CertificateProblem.ChainIncomplete
                : CertificateProblem.Untrusted;
        const X509ChainStatusFlags Named =
            X509ChainStatusFlags.NotTimeValid
            | X509ChainStatusFlags.UntrustedRoot
            | X509ChainStatusFlags.PartialChain
            | X509ChainStatusFlags.RevocationStatusUnknown
            | X509ChainStatusFlags.OfflineRevocation;
        if ((status & ~Named) != X509ChainStatusFlags.NoError)
            yield return CertificateProblem.Unusable;
    }
}
