using Heliograph.Relay.OuterTls;
using Heliograph.Testing.Certificates;

namespace Heliograph.Relay.Tests.OuterTls;

public sealed class ServerCertificateTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly TestCertificate good;

    public ServerCertificateTests()
    {
        good = authority.Issue(TestKey.Ecdsa, "proxy.example", "192.0.2.7");
    }

    public void Dispose() => authority.Dispose();

    [Theory]
    [InlineData(TestKey.Ecdsa)]
    [InlineData(TestKey.Rsa)]
    public void A_chain_and_its_key_are_read(TestKey kind)
    {
        var pem = authority.Issue(kind, "proxy.example", "192.0.2.7");
        var certificate = ServerCertificate.FromPem(pem.ChainPem, pem.KeyPem);

        Assert.Equal(["proxy.example", "192.0.2.7"], certificate.Names);
        Assert.True(certificate.NotBefore < certificate.NotAfter);
        Assert.StartsWith("Heliograph test authority", certificate.Issuer, StringComparison.Ordinal);
        TlsContext.Create(certificate, offerHttp2: true, TlsHandshake.Auto).Dispose();
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused() => Refused(
        good.ChainPem, authority.Issue(TestKey.Ecdsa, "other.example").KeyPem,
        "the private key is not the key of the first certificate in the chain; give both files of the same certificate, the leaf first");

    [Fact]
    public void A_chain_without_a_certificate_is_refused() => Refused(
        "nothing here", good.KeyPem,
        "the chain contains no certificate; a PEM file with \"-----BEGIN CERTIFICATE-----\" is expected, such as fullchain.pem");

    [Fact]
    public void A_certificate_of_garbage_is_refused() => Refused(
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", good.KeyPem, "the chain cannot be read as PEM certificates");

    [Fact]
    public void A_key_that_cannot_be_read_is_refused() => Refused(
        good.ChainPem, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "the private key cannot be read; an ECDSA or RSA key in PEM is expected, such as privkey.pem");

    [Fact]
    public void An_encrypted_key_is_refused() => Refused(
        good.ChainPem, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        "the private key is encrypted; remove the passphrase with: openssl pkey -in KEY -out KEY.plain");

    [Fact]
    public void A_chain_longer_than_any_real_one_is_refused()
    {
        var refusal = Assert.Throws<CertificateException>(() =>
            ServerCertificate.FromPem(string.Concat(Enumerable.Repeat(good.ChainPem, 11)), good.KeyPem));
        Assert.Matches("^the chain has [0-9]+ certificates; at most 10 are allowed, with 64 KB in all$", refusal.Message);
    }

    private static void Refused(string chain, string key, string message) =>
        Assert.Equal(message, Assert.Throws<CertificateException>(() => ServerCertificate.FromPem(chain, key)).Message);
}
