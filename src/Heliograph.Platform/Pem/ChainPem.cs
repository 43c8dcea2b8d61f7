using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Heliograph.Platform.Pem;

/// <summary>The certificates in a PEM text: a server's chain, or an authority's roots. All of them, or none.</summary>
public static class ChainPem
{
    private const string Trusted = "TRUSTED CERTIFICATE";

    /// <returns>The certificates in DER, in the order of the text; at least one.</returns>
    /// <exception cref="PemException">It does not parse whole, or holds no certificate.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Read(string)"/>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(ReadOnlySpan<byte> text) => Read(text, "the chain", ", such as fullchain.pem");

    /// <summary>The same for a file of roots to trust.</summary>
    /// <exception cref="PemException">It does not parse whole, or holds no certificate.</exception>
    public static X509Certificate2Collection ReadRoots(ReadOnlySpan<byte> text) =>
        [.. Read(text, "the file", "").Select(static der => X509CertificateLoader.LoadCertificate(der.Span))];

    private static IReadOnlyList<ReadOnlyMemory<byte>> Read(ReadOnlySpan<byte> text, string what, string example)
    {
        var pem = PemReader.Read(text);
        if (pem.Problem is { } problem)
            throw new PemException($"{what} cannot be read: {problem}");
        // nginx passes over other blocks too: a file may hold the key before its chain.
        IReadOnlyList<ReadOnlyMemory<byte>> chain = [.. pem.Blocks.Where(IsCertificate).Select(block => ReadCertificate(block, what))];
        return chain.Count > 0
            ? chain
            : throw new PemException(
                $"{what} contains {(pem.Describe() is { } found ? $"{found}, but " : "")}no certificate; a PEM file with " +
                $"\"-----BEGIN CERTIFICATE-----\" is expected{example}");
    }

    /// <summary>The labels that OpenSSL knows: today's, the one before RFC 1421, and its own.</summary>
    private static bool IsCertificate(PemBlock block) => block.Label is "CERTIFICATE" or "X509 CERTIFICATE" or Trusted;

    private static ReadOnlyMemory<byte> ReadCertificate(PemBlock block, string what)
    {
        try
        {
            AsnDecoder.ReadSequence(block.Data.Span, AsnEncodingRules.BER, out _, out _, out var length);
            // OpenSSL's own kind has settings of its command line after the certificate. They mean nothing to a server.
            if (length != block.Data.Length && block.Label != Trusted)
                throw Refuse(what, block, $"{block.Data.Length - length} more bytes after the certificate");
            var der = block.Data[..length];
            X509CertificateLoader.LoadCertificate(der.Span).Dispose();
            return der;
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            throw Refuse(what, block, "not a certificate, although its label says so; copy it again", exception);
        }
    }

    private static PemException Refuse(string what, PemBlock block, string reason, Exception? cause = null)
    {
        var message = $"{what} cannot be read: {new PemProblem(block.Number, block.Line, reason)}";
        return cause is null ? new PemException(message) : new PemException(message, cause);
    }
}
