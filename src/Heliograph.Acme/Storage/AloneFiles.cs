using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Heliograph.Platform;

namespace Heliograph.Acme.Storage;

/// <summary>What a machine of a fleet has done alone, and could not share yet.</summary>
/// <param name="directory">The one in which it is.</param>
/// <param name="timeProvider">The time.</param>
public sealed class AloneFiles(PrivateDirectory directory, TimeProvider timeProvider)
{
    /// <summary>Below the state directory.</summary>
    public static string DirectoryName => Path.Combine(CertificateManager.DirectoryName, AloneStore.DirectoryName);

    /// <summary>Whatever is there.</summary>
    public IEnumerable<string> Names => directory.Exists
        ? Directory.EnumerateFiles(directory.Path).Select(static path => Path.GetFileName(path)) : [];

    /// <summary>The document of the certificate that serves best.</summary>
    /// <param name="shared">That of the fleet; null: it has none.</param>
    /// <param name="names">For which a certificate is wanted; none: it is not known which.</param>
    /// <exception cref="StorageException">A file cannot be read.</exception>
    public ReadOnlyMemory<byte>? JoinCertificate(ReadOnlyMemory<byte>? shared, IReadOnlyList<string> names)
    {
        var type = StateJson.Default.CertificateState;
        if (directory.Read(CertificateManager.CertificateDocument, type, CertificateStore.FindProblem) is not { } lone)
            return shared;
        var common = Read(shared, type, CertificateStore.FindProblem) ?? new CertificateState();
        var wanted = names.Count > 0 ? names : lone.Names ?? [];
        return LoneCertificate.IsNeedless(common, lone, wanted, timeProvider.GetUtcNow())
            ? shared : JsonSerializer.SerializeToUtf8Bytes(LoneCertificate.Join(common, lone), type);
    }

    /// <summary>The document of an account as the authority knows it.</summary>
    /// <param name="name">Of the document, and of the file.</param>
    /// <param name="shared">That of the fleet; null: it has none.</param>
    /// <exception cref="StorageException">A file cannot be read.</exception>
    public ReadOnlyMemory<byte>? JoinAccount(string name, ReadOnlyMemory<byte>? shared)
    {
        var type = StateJson.Default.AccountState;
        if (directory.Read(name, type, AccountStore.FindProblem) is not { } lone)
            return shared;
        var joined = LoneAccount.Join(Read(shared, type, AccountStore.FindProblem), lone)!;
        return JsonSerializer.SerializeToUtf8Bytes(joined with { SharedKeyPem = null }, type);
    }

    /// <returns>Null: there is none, or it is of a version that writes something else.</returns>
    private static T? Read<T>(ReadOnlyMemory<byte>? document, JsonTypeInfo<T> type, Func<T, string?> check)
        where T : class
    {
        try
        {
            return document is { } bytes && JsonSerializer.Deserialize(bytes.Span, type) is { } value && check(value) is null
                ? value : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
