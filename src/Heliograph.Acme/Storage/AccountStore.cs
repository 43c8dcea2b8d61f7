using System.Security.Cryptography;
using System.Text;
using Heliograph.Acme.Protocol;

namespace Heliograph.Acme.Storage;

/// <summary>One document for each authority's account.</summary>
internal sealed class AccountStore
{
    private readonly IStateStore store;
    private readonly AccountStore? shared;

    /// <param name="store">Where the accounts are.</param>
    /// <param name="shared">Those of all machines, if <paramref name="store"/> has what this one does alone.</param>
    public AccountStore(IStateStore store, AccountStore? shared = null)
    {
        this.store = store;
        this.shared = shared;
    }

    public AccountState? Load(string directoryUrl)
    {
        var account = store.Read(FileName(directoryUrl), StateJson.Default.AccountState, FindProblem);
        if (shared is null)
            return account;
        var theirs = shared.Load(directoryUrl);
        return LoneAccount.Join(theirs, account) is { } joined
            ? joined with { SharedKeyPem = theirs?.KeyPem ?? joined.SharedKeyPem }
            : null;
    }

    public Task SaveAsync(AccountState account, CancellationToken cancellationToken) =>
        store.WriteAsync(FileName(account.Directory), account, StateJson.Default.AccountState, cancellationToken);

    /// <summary>The host is for people; the digest, because one host may have several directories.</summary>
    public static string FileName(string directoryUrl)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(directoryUrl)))[..8];
        var host = new Uri(directoryUrl).Host.Where(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
        return $"account-{string.Concat(host)}-{digest}.json";
    }

    /// <returns>The defect; null: it has none.</returns>
    public static string? FindProblem(AccountState account)
    {
        if (account.KeyPem is null)
            return "it is incomplete";
        try
        {
            using var key = AccountKey.FromPem(account.KeyPem);
            if (account.NextKeyPem is { } next)
            {
                using var nextKey = AccountKey.FromPem(next);
            }

            return account.Url is null || Urls.Https(account.Url) is not null ? null : "its account address is not an https address";
        }
        catch (CryptographicException exception)
        {
            return exception.Message;
        }
    }
}
