using System.Text.Json;

namespace Heliograph.Acme.Storage;

/// <summary>
/// Marks what is stored as known to somebody else. Whoever has the right to order next gives the account another key, orders a certificate
/// under another key, and revokes the one of before. The mark is in the same document as that which it is about, so that no crash parts
/// them.
/// </summary>
public static class Compromise
{
    /// <summary>Of the document of a certificate. An order under way ends with it, because its key is known, too.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static byte[] MarkCertificate(ReadOnlySpan<byte> document)
    {
        var state = Read(JsonSerializer.Deserialize(document, StateJson.Default.CertificateState));
        var compromised = state is { ChainPem: { } chain, KeyPem: { } key, IssuedBy: { } directory, Revoked: false }
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
    public static bool IsMarked(ReadOnlyMemory<byte> document)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            return json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty("compromised", out var mark)
                && mark.ValueKind is JsonValueKind.Object or JsonValueKind.True;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static T Read<T>(T? value)
        where T : class => value ?? throw new JsonException("it is null");
}
