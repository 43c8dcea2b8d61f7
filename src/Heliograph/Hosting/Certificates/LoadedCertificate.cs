using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Heliograph.Relay.OuterTls;

namespace Heliograph.Hosting.Certificates;

/// <summary>A certificate ready to be served, and what an operator wants to know of it.</summary>
internal sealed record LoadedCertificate
{
    public required ServerCertificate Certificate { get; init; }

    /// <summary>The chain, leaf first.</summary>
    public required string ChainPem { get; init; }

    /// <summary>DNS names and IP addresses of the leaf.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <exception cref="CertificateException">What is wrong, in one sentence.</exception>
    public static LoadedCertificate FromPem(string chainPem, string keyPem)
    {
        var certificate = ServerCertificate.FromPem(chainPem, keyPem);
        try
        {
            using var leaf = X509Certificate2.CreateFromPem(chainPem);
            return new() { Certificate = certificate, ChainPem = chainPem, Names = NamesOf(leaf), NotAfter = new DateTimeOffset(leaf.NotAfter) };
        }
        catch (CryptographicException e)
        {
            throw new CertificateException($"the chain's first certificate cannot be read: {e.Message}", e);
        }
    }

    private static string[] NamesOf(X509Certificate2 leaf)
    {
        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return names is null ? [] : [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(static (IPAddress address) => address.ToString())];
    }
}
