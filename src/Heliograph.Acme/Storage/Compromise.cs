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
    /// <summary>Far more than are ever left to revoke; each takes some KB of a document whose size has a bound.</summary>
    private const int MostCertificates = 8;

    /// <summary>Of the document of a certificate. An order under way ends with it, because its key is known, too.</summary>
    /// <param name="document">The document.</param>
    /// <param name="now">A certificate that has expired is of no use to anybody.</param>
    /// <exception cref="JsonException">It is none.</exception>
    public static byte[] MarkCertificate(ReadOnlySpan<byte> document, DateTimeOffset now)
    {
        var state = Read(JsonSerializer.Deserialize(document, StateJson.Default.CertificateState));
        var compromised = state.Compromised ?? [];
        // Those of before stay until they are revoked, too.
        if (state is { ChainPem: { } chain, KeyPem: { } key, IssuedBy: { } directory, Revoked: false }
            && !HasExpired(chain, key, now)
            && !compromised.Any(one => one.ChainPem == chain))
            compromised = Append(compromised, new() { ChainPem = chain, KeyPem = key, Directory = directory });
        return JsonSerializer.SerializeToUtf8Bytes(
            state with { Compromised = compromised, Pending = null, Leaving = null }, StateJson.Default.CertificateState);
    }

    /// <summary>Of the document of an account.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static byte[] MarkAccount(ReadOnlySpan<byte> document) => JsonSerializer.SerializeToUtf8Bytes(
        Read(JsonSerializer.Deserialize(document, StateJson.Default.AccountState)) with { Compromised = true },
        StateJson.Default.AccountState);

    /// <summary>Whether something is left to do about a document.</summary>
    public static bool IsMarked(ReadOnlyMemory<byte> document) => Find(document) is { Refusal: null };

    /// <returns>What is left to do, rather than what was refused; null: nothing is marked in it.</returns>
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
                JsonValueKind.Array => mark.EnumerateArray()
                    .Where(static one => one.ValueKind is JsonValueKind.Object)
                    .Select(static one => new CompromiseMark(Read(one, "directory") ?? "", Read(one, "refusal")))
                    .OrderBy(static one => one.Refusal is not null)
                    .FirstOrDefault(),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>If there are too many, what an authority has refused goes first.</summary>
    private static IReadOnlyList<CompromisedCertificate> Append(
        IReadOnlyList<CompromisedCertificate> compromised, CompromisedCertificate added) =>
        compromised.Count < MostCertificates
            ? [.. compromised, added]
            : [.. compromised.OrderBy(static one => one.Refusal is null).Append(added).TakeLast(MostCertificates)];

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
