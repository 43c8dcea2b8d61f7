using System.Security.Cryptography;
using System.Text;
using Heliograph.Platform.Pem;
using Heliograph.Testing.Certificates;

namespace Heliograph.Tests.Platform.Pem;

/// <summary>Which blocks are certificates, and that none of them is lost.</summary>
public sealed class ChainPemTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly TestCertificate good;

    public ChainPemTests() => good = authority.IssueThroughIntermediate("proxy.example");

    public void Dispose() => authority.Dispose();

    [Fact]
    public void Certificates_are_found_among_other_blocks() =>
        Assert.Equal(ChainPem.Read(good.ChainPem), ChainPem.Read(good.KeyPem + good.ChainPem), Same);

    [Theory]
    [InlineData("X509 CERTIFICATE", new byte[0])]
    [InlineData("TRUSTED CERTIFICATE", new byte[0])]
    // As openssl x509 -trustout -addtrust serverAuth writes it: the certificate, and then what OpenSSL's command line trusts it for.
    [InlineData(
        "TRUSTED CERTIFICATE", new byte[] { 0x30, 0x0c, 0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01 })]
    public void OpenSSLs_other_labels_are_taken(string label, byte[] after)
    {
        var whole = ChainPem.Read(good.ChainPem);
        var text = string.Concat(whole.Select(der => PemEncoding.WriteString(label, [.. der.Span, .. after]) + "\n"));
        Assert.Equal(whole, ChainPem.Read(text), Same);
    }

    [Fact]
    public void Two_certificates_in_one_block_are_refused()
    {
        var whole = ChainPem.Read(good.ChainPem);
        Refused(
            $"the chain cannot be read: block 1, line 1: {whole[1].Length} more bytes after the certificate",
            PemEncoding.WriteString("CERTIFICATE", [.. whole[0].Span, .. whole[1].Span]));
    }

    [Theory]
    [InlineData("nothing here", "")]
    [InlineData("-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n", "PKCS7, but ")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "PRIVATE KEY, but ")]
    public void What_is_there_instead_of_a_certificate_is_named(string text, string found) => Refused(
        $"the chain contains {found}no certificate; a PEM file with \"-----BEGIN CERTIFICATE-----\" is expected, such as fullchain.pem",
        text);

    [Fact]
    public void A_certificate_in_DER_is_named() => Refused(
        "the chain cannot be read: block 1, line 1: binary data, not PEM; convert a certificate in DER with: openssl x509 -inform der " +
        "-in FILE -out FILE.pem",
        ChainPem.Read(good.ChainPem)[0].Span);

    [Fact]
    public void A_leaf_without_its_issuer_is_recognized()
    {
        using var stranger = new TestAuthority();
        var chain = ChainPem.Read(good.ChainPem);
        Assert.True(LeafIssuer.IsIn(chain));
        Assert.False(LeafIssuer.IsIn([chain[0]]));
        Assert.False(LeafIssuer.IsIn([chain[0], stranger.Root.RawData]));
        // Self-signed: it is its own issuer.
        Assert.True(LeafIssuer.IsIn([authority.Root.RawData]));
    }

    private static bool Same(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other) => one.Span.SequenceEqual(other.Span);

    private static void Refused(string expected, string text) => Refused(expected, Encoding.UTF8.GetBytes(text));

    private static void Refused(string expected, ReadOnlySpan<byte> text)
    {
        var bytes = text.ToArray();
        Assert.Equal(expected, Assert.Throws<PemException>(() => ChainPem.Read(bytes)).Message);
    }
}
