using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;

namespace Heliograph.Platform.Pem;

/// <summary>The first private key in a PEM text, as nginx takes it: ECDSA on a curve that clients know, or RSA.</summary>
public static class PrivateKeyPem
{
    private const string Pkcs8 = "PRIVATE KEY";
    private const string Sec1 = "EC PRIVATE KEY";
    private const string Pkcs1 = "RSA PRIVATE KEY";
    private const string Expected = "an ECDSA or RSA key in PEM is expected, such as privkey.pem";

    private const string RsaEncryption = "1.2.840.113549.1.1.1";
    private const string EcPublicKey = "1.2.840.10045.2.1";

    /// <summary>P-256, P-384 and P-521: the curves that TLS 1.3 has signatures for and .NET and OpenSSL have by default.</summary>
    private static readonly string[] Curves = ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

    /// <returns>PKCS #8 in DER.</returns>
    /// <exception cref="PemException">It does not parse whole, or holds no private key that a server can use.</exception>
    public static byte[] Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Read(string)"/>
    public static byte[] Read(ReadOnlySpan<byte> text)
    {
        var pem = PemReader.Read(text);
        if (pem.Problem is { } problem)
            throw new PemException($"the private key cannot be read: {problem}");
        if (pem.Blocks.FirstOrDefault(static block => block.Label.EndsWith(Pkcs8, StringComparison.Ordinal)) is not { } key)
            throw new PemException(
                pem.Describe() is { } found
                    ? $"the private key cannot be read: its file contains {found}, but no private key; {Expected}"
                    : $"the private key cannot be read; {Expected}");
        if (key.IsEncrypted || key.Label == "ENCRYPTED PRIVATE KEY")
            throw new PemException("the private key is encrypted; remove the passphrase with: openssl pkey -in KEY -out KEY.plain");
        try
        {
            return key.Label switch
            {
                Pkcs8 => ReadPkcs8(key),
                Sec1 => ReadEcdsa(
                    key, ReadCurve(key), static (ecdsa, der) => { ecdsa.ImportECPrivateKey(der, out var read); return read; }),
                Pkcs1 => ReadRsa(key, static (rsa, der) => { rsa.ImportRSAPrivateKey(der, out var read); return read; }),
                _ => throw new PemException($"the private key is of the kind \"{key.Label}\"; {Expected}"),
            };
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            throw new PemException(
                $"the private key cannot be read: {new PemProblem(key.Number, key.Line, $"not what \"{key.Label}\" says")}; {Expected}",
                exception);
        }
    }

    private static byte[] ReadPkcs8(PemBlock key)
    {
        // RFC 5958 section 2: the version, then the algorithm with its parameters.
        var algorithm = Contents(key);
        algorithm.ReadInteger();
        algorithm = algorithm.ReadSequence();
        var kind = algorithm.ReadObjectIdentifier();
        return kind switch
        {
            EcPublicKey => ReadEcdsa(
                key, algorithm, static (ecdsa, der) => { ecdsa.ImportPkcs8PrivateKey(der, out var read); return read; }),
            RsaEncryption => ReadRsa(key, static (rsa, der) => { rsa.ImportPkcs8PrivateKey(der, out var read); return read; }),
            _ => throw new PemException(
                $"the private key is of the kind {Name(kind)}, for which Signal's apps accept no certificate; {Expected}"),
        };
    }

    /// <summary>RFC 5915 section 3: the version, the key, and in [0] the parameters.</summary>
    private static AsnReader ReadCurve(PemBlock key)
    {
        var fields = Contents(key);
        fields.ReadInteger();
        fields.ReadOctetString();
        return fields.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
    }

    private static byte[] ReadEcdsa(PemBlock key, AsnReader parameters, Func<ECDsa, byte[], int> import)
    {
        if (parameters.PeekTag() == Asn1Tag.Sequence)
            throw new PemException(
                "the private key describes its curve by explicit parameters, where a name belongs (RFC 5480 section 2.1.1); name it " +
                "with: openssl ec -in KEY -param_enc named_curve -out KEY.named");
        var curve = parameters.ReadObjectIdentifier();
        if (!Curves.Contains(curve, StringComparer.Ordinal))
            throw new PemException(
                $"the private key is on the curve {Name(curve)}, for which neither Signal's apps nor browsers accept a certificate; get " +
                "a certificate for a key on P-256 (prime256v1), as certbot makes it");
        using var ecdsa = ECDsa.Create();
        return Import(key, ecdsa, import);
    }

    private static byte[] ReadRsa(PemBlock key, Func<RSA, byte[], int> import)
    {
        using var rsa = RSA.Create();
        return Import(key, rsa, import);
    }

    private static byte[] Import<T>(PemBlock key, T algorithm, Func<T, byte[], int> import)
        where T : AsymmetricAlgorithm
    {
        var der = key.Data.ToArray();
        return import(algorithm, der) == der.Length
            ? algorithm.ExportPkcs8PrivateKey()
            : throw new CryptographicException("more bytes after the key");
    }

    private static AsnReader Contents(PemBlock key) => new AsnReader(key.Data, AsnEncodingRules.BER).ReadSequence();

    /// <summary>As openssl's commands call it. .NET has other names for some curves.</summary>
    private static string Name(string oid) => oid switch
    {
        "1.3.132.0.10" => "secp256k1",
        "1.3.132.0.33" => "secp224r1",
        "1.2.840.10045.3.1.1" => "prime192v1",
        _ => new Oid(oid).FriendlyName ?? oid,
    };
}
