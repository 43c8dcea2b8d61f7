using System.Security.Cryptography;
using System.Text.Json;

namespace Heliograph.Acme.Storage;

/// <summary>What is marked in a document.</summary>
/// <param name="Directory">The authority.</param>
/// <param name="Refusal">Why the certificate of before cannot be revoked; null: what is marked is still to be replaced.</param>
public sealed record CompromiseMark(string Directory, string? Refusal);

/// <summary>
/// Marks what is stored as known to somebody else. Whoever has the right to order next gives the account another key, orders a certificate
/// under another key, and revokes the one of before. The mark is in the same document as that which it is about, so that no crash parts
/// them.
/// </summary>
public static class Compromise
{
    /// <summary>Of the document of a certificate. An order under way ends with it, because its key is known, too.</summary>
    /// <param name="document">The document.</param>
    /// <param name="now">A certificate that has expired is of no use to anybody.</param>
    /// <exception cref="JsonException">It is none.</exception>
    public static byte[] MarkCertificate(ReadOnlySpan<byte> document, DateTimeOffset now)
    {
        var state = Read(JsonSerializer.Deserialize(document, StateJson.Default.CertificateState));
        var compromised = state is { ChainPem: { } chain, KeyPem: { } key, IssuedBy: { } directory, Revoked: false }
            && !HasExpired(chain, key, now)
            ? new CompromisedCertificate { ChainPem = chain, KeyPem = key, Directory = directory }
            : state.Compromised;
        return JsonSerializer.SerializeToUtf8Bytes(
            state with { Compromised = compromised, Pending = null }, StateJson.Default.CertificateState);
    }

    /// <summary>Of the document of an account.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static byte[] MarkAccount(ReadOnlySpan<byte> document) => JsonSerializer.SerializeToUtf8Bytes(
        Read(JsonSerializer.Deserialize(document, StateJson.Default.AccountState)) with { Compromised = true },
        StateJson.Default.AccountState);

    /// <summary>Whether something is left to do about a document.</summary>
    public static bool IsMarked(ReadOnlyMemory<byte> document) => Find(document) is { Refusal: null };

    /// <returns>Null: nothing is marked in it.</returns>
    public static CompromiseMark? Find(ReadOnlyMemory<byte> document)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            if (json.RootElement.ValueKind is not JsonValueKind.Object || !json.RootElement.TryGetProperty("compromised", out var mark))
                return null;
            return mark.ValueKind switch
            {
                JsonValueKind.True => new(Read(json.RootElement, "directory") ?? "", null),
                JsonValueKind.Object => new(Read(mark, "directory") ?? "", Read(mark, "refusal")),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Read(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static bool HasExpired(string chain, string key, DateTimeOffset now)
    {
        try
        {
            return IssuedCertificate.FromPem(chain, key, "").NotAfter < now;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static T Read<T>(T? value)
        where T : class => value ?? throw new JsonException("it is null");
}
