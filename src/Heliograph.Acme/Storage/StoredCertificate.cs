using System.Security.Cryptography;
using System.Text.Json;

namespace Heliograph.Acme.Storage;

/// <summary>What a document says of its certificate.</summary>
public static class StoredCertificate
{
    /// <returns>As authorities print it; null: there is no certificate in it.</returns>
    public static string? FindSerialNumber(ReadOnlyMemory<byte> document)
    {
        try
        {
            return JsonSerializer.Deserialize(document.Span, StateJson.Default.CertificateState) is { ChainPem: { } chain, KeyPem: { } key }
                ? IssuedCertificate.FromPem(chain, key, "").SerialNumber : null;
        }
        catch (Exception exception) when (exception is JsonException or CryptographicException)
        {
            return null;
        }
    }
}
