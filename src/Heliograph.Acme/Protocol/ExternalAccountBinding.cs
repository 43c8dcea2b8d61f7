using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Heliograph.Acme.Protocol;

/// <summary>RFC 8555 section 7.3.4: the account key, signed with a MAC key that the authority issued.</summary>
internal static class ExternalAccountBinding
{
    public static byte[] Create(EabOptions eab, AccountKey key, Uri newAccount)
    {
        var header = Json.Write(json =>
        {
            json.WriteString("alg", "HS256");
            json.WriteString("kid", eab.KeyId);
            json.WriteString("url", newAccount.AbsoluteUri);
        });
        var mac = Base64Url.DecodeFromChars(eab.HmacKey.AsSpan().TrimEnd('='));
        return Jws.Assemble(header, Encoding.ASCII.GetBytes(key.Jwk), data => HMACSHA256.HashData(mac, data));
    }

    public static bool IsKey(string hmacKey) => hmacKey.Length > 0 && Base64Url.IsValid(hmacKey.AsSpan().TrimEnd('='));
}
