using System.Security.Cryptography;
using System.Text;
using Heliograph.Acme.Protocol;

namespace Heliograph.Acme.Storage;

/// <summary>One document for each authority's account.</summary>
internal sealed class AccountStore
{
    private readonly IStateStore store;

    public AccountStore(IStateStore store)
    {
        this.store = store;
    }

    public AccountState? Load(string directoryUrl) => store.Read(FileName(directoryUrl), StateJson.Default.AccountState, Damage);

    public Task SaveAsync(AccountState account, CancellationToken cancellationToken) =>
        store.WriteAsync(FileName(account.Directory), account, StateJson.Default.AccountState, cancellationToken);

    /// <summary>The host is for people; the digest, because one host may have several directories.</summary>
    public static string FileName(string directoryUrl)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(directoryUrl)))[..8];
        var host = new Uri(directoryUrl).Host.Where(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
        return $"account-{string.Concat(host)}-{digest}.json";
    }

    private static string? Damage(AccountState account)
    {
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
