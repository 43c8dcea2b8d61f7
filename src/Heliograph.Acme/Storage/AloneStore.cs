using System.Text.Json.Serialization.Metadata;

namespace Heliograph.Acme.Storage;

/// <summary>
/// The state of a machine that orders alone, because what it shares with others cannot be asked: what it writes is in files of its own, and
/// the rest is what it knew of the others last. The files are there until this machine has shared what is in them.
/// </summary>
internal sealed class AloneStore(StateFiles files, IStateStore shared) : IStateStore
{
    /// <summary>Below <see cref="CertificateManager.DirectoryName"/>.</summary>
    public const string DirectoryName = "alone";

    public bool IsShared => false;

    /// <summary>Whether this machine has ordered alone, or tried to, since it could share something last.</summary>
    public bool HasFiles => files.Exist;

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

    /// <summary>
    /// Writes the accounts that were made or changed alone to what is shared: with what the others know of them, the authority would refuse
    /// them.
    /// </summary>
    /// <param name="directories">Of the authorities.</param>
    /// <param name="cancellationToken">The lock is lost.</param>
    public async Task ShareAccountsAsync(IEnumerable<string> directories, CancellationToken cancellationToken)
    {
        var (own, common) = (new AccountStore(files), new AccountStore(shared));
        foreach (var directory in directories)
        {
            // Another account that the others have by now, and whose key nobody else has, is good for all.
            if (own.Load(directory) is { } account && common.Load(directory) is var theirs && theirs != account
                && (theirs is null or { Compromised: true } || theirs.Url == account.Url))
                await common.SaveAsync(account, cancellationToken);
        }
    }

    public void Forget() => files.Forget();
}
