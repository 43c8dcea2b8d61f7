using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Platform.Pem;

/// <summary>The certificate that a leaf was issued by.</summary>
public static class LeafIssuer
{
    /// <summary>
    /// Whether a chain contains it; true for a leaf that is its own issuer. Without it, only clients that have met it elsewhere can verify
    /// the leaf.
    /// </summary>
    /// <param name="chain">In DER, the leaf first.</param>
    public static bool IsIn(IReadOnlyList<ReadOnlyMemory<byte>> chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        using var leaf = X509CertificateLoader.LoadCertificate(chain[0].Span);
        return chain.Any(der =>
        {
            using var issuer = X509CertificateLoader.LoadCertificate(der.Span);
            return MayIssue(issuer, leaf);
        });
    }

    /// <summary>By name, and by key identifier where both have one (RFC 5280 sections 4.2.1.1 and 4.2.1.2).</summary>
    private static bool MayIssue(X509Certificate2 issuer, X509Certificate2 leaf)
    {
        if (!issuer.SubjectName.RawData.AsSpan().SequenceEqual(leaf.IssuerName.RawData))
            return false;
        try
        {
            var wanted = leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
            var own = issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes;
            return wanted is null || own is null || wanted.Value.Span.SequenceEqual(own.Value.Span);
        }
        catch (CryptographicException)
        {
            // A malformed extension proves nothing.
            return true;
        }
    }
}
