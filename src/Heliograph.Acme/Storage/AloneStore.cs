using System.Text.Json.Serialization.Metadata;

namespace Heliograph.Acme.Storage;

/// <summary>
/// The state of a machine that orders alone, because what it shares with others cannot be asked: what it writes is in files of its own, and
/// the rest is what it knew of the others last. The files are there for as long as only this machine has their certificate.
/// </summary>
internal sealed class AloneStore(StateFiles files, IStateStore shared) : IStateStore
{
    /// <summary>Below <see cref="CertificateManager.DirectoryName"/>.</summary>
    public const string DirectoryName = "alone";

    public bool IsShared => false;

    public T? Read<T>(string name, JsonTypeInfo<T> type, Func<T, string?> check)
        where T : class => files.Read(name, type, check) ?? shared.Read(name, type, check);

    public Task WriteAsync<T>(string name, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        files.Create();
        return files.WriteAsync(name, value, type, cancellationToken);
    }

    public Task<IOrderRight?> LockAsync(CancellationToken cancellationToken)
    {
        files.Create();
        return files.LockAsync(cancellationToken);
    }

    public void Forget() => files.Forget();
}
