using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Heliograph.Acme.Issuance;

namespace Heliograph.Acme.Protocol;

/// <summary>The account's ES256 key pair (RFC 7518 section 3.4) and what is derived from it.</summary>
internal sealed class AccountKey : IDisposable
{
    private readonly ECDsa key;

    private AccountKey(ECDsa key)
    {
        this.key = key;
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        // Members in lexicographic order and without white space, as a thumbprint needs them (RFC 7638 section 3).
        Jwk = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Jwk)));
    }

    public string Jwk { get; }

    public string Thumbprint { get; }

    public static AccountKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <exception cref="CryptographicException">The text is not an ECDSA P-256 private key.</exception>
    public static AccountKey FromPem(string pem)
    {
        var key = PrivateKey.Open(pem);
        if (key is ECDsa { KeySize: 256 } ecdsa)
            return new AccountKey(ecdsa);
        key.Dispose();
        throw new CryptographicException("the account key is not an ECDSA key on P-256");
    }

    public string ToPem() => key.ExportPkcs8PrivateKeyPem();

    public byte[] Sign(byte[] data) =>
        key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>RFC 8555 section 8.1.</summary>
    public string KeyAuthorization(string token) => $"{token}.{Thumbprint}";

    public void Dispose() => key.Dispose();
}
