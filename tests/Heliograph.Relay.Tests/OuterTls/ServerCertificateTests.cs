using Heliograph.Relay.OuterTls;
using Heliograph.Testing.Certificates;

namespace Heliograph.Relay.Tests.OuterTls;

public sealed class ServerCertificateTests : IDisposable
{
    /// <summary>
    /// openssl ecparam -name prime256v1 -genkey -noout -param_enc explicit, and a certificate for that key: .NET makes none. OpenSSL's own
    /// clients take it, BoringSSL does not.
    /// </summary>
    private const string WithExplicitCurve =
        """
        -----BEGIN CERTIFICATE-----
        MIIClTCCAjugAwIBAgIUJ2TMG7qmUY+P0R2MAPi5LICqKncwCgYIKoZIzj0EAwIw
        GDEWMBQGA1UEAwwNcHJveHkuZXhhbXBsZTAgFw0yNjExMjcwOTQ4MzlaGA8yMTI2
        MTEwMzA5NDgzOVowGDEWMBQGA1UEAwwNcHJveHkuZXhhbXBsZTCCAUswggEDBgcq
        hkjOPQIBMIH3AgEBMCwGByqGSM49AQECIQD/////AAAAAQAAAAAAAAAAAAAAAP//
        /////////////zBbBCD/////AAAAAQAAAAAAAAAAAAAAAP///////////////AQg
        WsY12Ko6k+ez671VdpiGvGUdBrDMU7D2O848PifSYEsDFQDEnTYIhucEk2pmeOET
        nSa3gZ9+kARBBGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4a
        f5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfUCIQD/////AAAAAP//////////vOb6
        racXnoTzucrC/GMlUQIBAQNCAAT02E0OR6qP1daEi9y6c09U72LR2OZTglwSoCWz
        dtgJD1PyNXhE4lsHWCfHTQB7mfWJ9Bwh0LiAIZPREfjlVdkto20wazAdBgNVHQ4E
        FgQUehnsa4XfWYIDxDSqiTth0xzDUBwwHwYDVR0jBBgwFoAUehnsa4XfWYIDxDSq
        iTth0xzDUBwwDwYDVR0TAQH/BAUwAwEB/zAYBgNVHREEETAPgg1wcm94eS5leGFt
        cGxlMAoGCCqGSM49BAMCA0gAMEUCIQCosN8k+oqf7iI571Lct4JwOyp6AS0Ujq59
        sGlCPIHNtgIgRs2PRLj+qNgq+08iR/aAe6Bu3vD2Whn65Y4WgBlwxdU=
        -----END CERTIFICATE-----
        """;

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
        TlsContext.Create(certificate, offerHttp2: true, TlsHandshake.Auto, agesSessions: false).Dispose();
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused() => Refused(
        good.ChainPem, authority.Issue(TestKey.Ecdsa, "other.example").KeyPem,
        "the private key is not the key of the first certificate in the chain; give both files of the same certificate, the leaf first");

    [Fact]
    public void A_chain_without_a_certificate_is_refused() => Refused(
        "", good.KeyPem, "the chain has 0 certificates; at most 10 are allowed, with 64 KB in all");

    [Fact]
    public void A_key_that_is_neither_ECDSA_nor_RSA_is_refused() => Refused(
        good.ChainPem, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "the private key is neither an ECDSA nor an RSA key");

    [Fact]
    public void A_certificate_whose_curve_has_no_name_is_refused() => Refused(
        WithExplicitCurve, good.KeyPem,
        "the certificate describes its key's curve by explicit parameters, where a name belongs (RFC 5480 section 2.1.1), and Signal's " +
        "apps accept no such certificate; get a new one for a key on P-256 (prime256v1)");

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
