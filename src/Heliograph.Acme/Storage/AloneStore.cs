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

    /// <summary>As this machine uses them alone.</summary>
    public AccountStore Accounts => new(this, Common);

    private AccountStore Common => new(shared);

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
    /// Writes the accounts that were made or changed alone to what is shared, as far as the others have not changed them since: with what
    /// they know of them, the authority would refuse them.
    /// </summary>
    /// <param name="directories">Of the authorities.</param>
    /// <param name="cancellationToken">The lock is lost.</param>
    public async Task ShareAccountsAsync(IEnumerable<string> directories, CancellationToken cancellationToken)
    {
        foreach (var directory in directories)
        {
            if (Accounts.Load(directory) is { } own && own with { SharedKeyPem = null } is var account && account != Common.Load(directory))
                await Common.SaveAsync(account, cancellationToken);
        }
    }

    public void Forget() => files.Forget();
}
