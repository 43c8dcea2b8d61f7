using System.Security.Cryptography;
using Heliograph.Platform.Pem;

namespace Heliograph.Tests.Platform.Pem;

/// <summary>Which private keys are taken, and that the others are named.</summary>
public sealed class PrivateKeyPemTests
{
    [Fact]
    public void Every_usual_form_of_a_key_is_read()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        Assert.Equal(ecdsa.ExportPkcs8PrivateKey(), PrivateKeyPem.Read(ecdsa.ExportPkcs8PrivateKeyPem()));
        Assert.Equal(ecdsa.ExportPkcs8PrivateKey(), PrivateKeyPem.Read(ecdsa.ExportECPrivateKeyPem()));
        Assert.Equal(rsa.ExportPkcs8PrivateKey(), PrivateKeyPem.Read(rsa.ExportPkcs8PrivateKeyPem()));
        Assert.Equal(rsa.ExportPkcs8PrivateKey(), PrivateKeyPem.Read(rsa.ExportRSAPrivateKeyPem()));
    }

    /// <summary>As nginx does: openssl writes the parameters before the key, and some keep everything in one file.</summary>
    [Fact]
    public void The_first_key_of_a_file_counts_wherever_it_is()
    {
        using var first = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var second = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var text =
            "\ufeff-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" +
            $"{first.ExportECPrivateKeyPem()}\n{second.ExportPkcs8PrivateKeyPem()}\nThe end\n";
        Assert.Equal(first.ExportPkcs8PrivateKey(), PrivateKeyPem.Read(text));
    }

    [Theory]
    [InlineData("secp256k1")]
    [InlineData("brainpoolP256r1")]
    [InlineData("secp224r1")]
    public void A_curve_that_no_client_takes_is_named(string curve)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        var expected =
            $"the private key is on the curve {curve}, for which neither Signal's apps nor browsers accept a certificate; get a " +
            "certificate for a key on P-256 (prime256v1), as certbot makes it";
        Refused(expected, key.ExportPkcs8PrivateKeyPem());
        Refused(expected, key.ExportECPrivateKeyPem());
    }

    [Fact]
    public void A_curve_given_by_explicit_parameters_is_named()
    {
        using var named = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(named.ExportExplicitParameters(includePrivateParameters: true));
        const string Expected =
            "the private key describes its curve by explicit parameters, where a name belongs (RFC 5480 section 2.1.1); name it with: " +
            "openssl ec -in KEY -param_enc named_curve -out KEY.named";
        Refused(Expected, key.ExportPkcs8PrivateKeyPem());
        Refused(Expected, key.ExportECPrivateKeyPem());
    }

    [Theory]
    [InlineData("1.3.101.112", "ED25519")]
    [InlineData("1.2.840.113549.1.1.10", "RSASSA-PSS")]
    public void Another_kind_of_key_is_named(string oid, string name)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
                writer.WriteObjectIdentifier(oid);
            writer.WriteOctetString([4, 32, .. new byte[32]]);
        }
        Refused(
            $"the private key is of the kind {name}, for which Signal's apps accept no certificate; an ECDSA or RSA key in PEM is " +
            "expected, such as privkey.pem",
            PemEncoding.WriteString("PRIVATE KEY", writer.Encode()));
    }

    [Theory]
    [InlineData(
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "the private key cannot be read: its file contains CERTIFICATE, but no private key; an ECDSA or RSA key in PEM is expected, such " +
        "as privkey.pem")]
    [InlineData(
        "-----BEGIN TRUSTED CERTIFICATE-----\nAAAA\n-----END TRUSTED CERTIFICATE-----\n",
        "the private key cannot be read: its file contains TRUSTED CERTIFICATE, but no private key; an ECDSA or RSA key in PEM is " +
        "expected, such as privkey.pem")]
    [InlineData("nothing here", "the private key cannot be read; an ECDSA or RSA key in PEM is expected, such as privkey.pem")]
    [InlineData(
        "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
        "the private key is of the kind \"OPENSSH PRIVATE KEY\"; an ECDSA or RSA key in PEM is expected, such as privkey.pem")]
    [InlineData(
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "the private key cannot be read: block 1, line 1: not what \"PRIVATE KEY\" says; an ECDSA or RSA key in PEM is expected, such as " +
        "privkey.pem")]
    [InlineData(
        "-----BEGIN PRIVATE KEY-----\nAAAA\n",
        "the private key cannot be read: block 1, line 1: the file ends before its \"-----END PRIVATE KEY-----\": it was cut short; copy " +
        "it again")]
    [InlineData(
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        "the private key is encrypted; remove the passphrase with: openssl pkey -in KEY -out KEY.plain")]
    [InlineData(
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
        "the private key is encrypted; remove the passphrase with: openssl pkey -in KEY -out KEY.plain")]
    public void What_is_there_instead_of_a_key_is_named(string text, string expected) => Refused(expected, text);

    private static void Refused(string expected, string text) =>
        Assert.Equal(expected, Assert.Throws<PemException>(() => PrivateKeyPem.Read(text)).Message);
}
