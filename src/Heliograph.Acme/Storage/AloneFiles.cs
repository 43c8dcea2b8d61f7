using System.Security.Cryptography;
using System.Text.Json;

namespace Heliograph.Acme.Storage;

/// <summary>What a machine of a fleet has ordered alone, and could not share yet.</summary>
public static class AloneFiles
{
    public static string PathIn(string stateDirectory) =>
        Path.Combine(stateDirectory, CertificateManager.DirectoryName, AloneStore.DirectoryName);

    /// <summary>The files, if their certificate is valid for longer than the fleet's.</summary>
    /// <param name="stateDirectory">Of the machine.</param>
    /// <param name="shared">The document of the fleet's certificate; null: it has none.</param>
    public static IReadOnlyList<(string Name, byte[] Content)> FindBetter(string stateDirectory, ReadOnlyMemory<byte>? shared)
    {
        var certificate = Path.Combine(PathIn(stateDirectory), CertificateManager.CertificateDocument);
        if (!File.Exists(certificate) || EndOf(File.ReadAllBytes(certificate)) is not { } end || EndOf(shared) >= end)
            return [];
        return
        [
            .. Directory.EnumerateFiles(PathIn(stateDirectory), "*.json")
                .Select(static path => (Path.GetFileName(path), File.ReadAllBytes(path))),
        ];
    }

    /// <returns>Null: there is none in it.</returns>
    private static DateTimeOffset? EndOf(ReadOnlyMemory<byte>? document)
    {
        try
        {
            return document is { } bytes
                && JsonSerializer.Deserialize(bytes.Span, StateJson.Default.CertificateState) is { ChainPem: { } chain, KeyPem: { } key }
                ? IssuedCertificate.FromPem(chain, key, "").NotAfter
                : null;
        }
        catch (Exception exception) when (exception is JsonException or CryptographicException)
        {
            return null;
        }
    }
}
