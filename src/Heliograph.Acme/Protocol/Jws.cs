using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Heliograph.Acme.Protocol;

/// <summary>Flattened JWS JSON (RFC 7515 section 7.2.2), the form of every ACME request.</summary>
internal static class Jws
{
    /// <summary>Signs with the account key: identified by the account's URL, or by the key itself while there is no URL.</summary>
    public static byte[] Sign(AccountKey key, Uri? account, Uri url, string? nonce, byte[] payload)
    {
        var header = Json.Write(json =>
        {
            json.WriteString("alg", "ES256");
            if (account is not null)
            {
                json.WriteString("kid", account.AbsoluteUri);
            }
            else
            {
                json.WritePropertyName("jwk");
                json.WriteRawValue(key.Jwk);
            }

            if (nonce is not null)
                json.WriteString("nonce", nonce);
            json.WriteString("url", url.AbsoluteUri);
        });
        return Assemble(header, payload, key.Sign);
    }

    public static byte[] Assemble(byte[] header, byte[] payload, Func<byte[], byte[]> sign)
    {
        var protectedPart = Base64Url.EncodeToString(header);
        var payloadPart = Base64Url.EncodeToString(payload);
        var signature = sign(Encoding.ASCII.GetBytes($"{protectedPart}.{payloadPart}"));
        return Json.Write(json =>
        {
            json.WriteString("protected", protectedPart);
            json.WriteString("payload", payloadPart);
            json.WriteString("signature", Base64Url.EncodeToString(signature));
        });
    }
}

/// <summary>Writes one JSON object.</summary>
internal static class Json
{
    public static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] Empty { get; } = "{}"u8.ToArray();
}
