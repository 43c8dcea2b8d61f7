using Heliograph.Acme.Protocol;
using Heliograph.Acme.Storage;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Issuance;

/// <summary>A session with one authority under the account there, which is created when there is none.</summary>
internal sealed class AcmeSession : IDisposable
{
    private readonly AcmeTransport transport;
    private readonly IssuerOptions issuer;
    private readonly AccountStore store;
    private readonly ILogger logger;
    private AccountState account;
    private AccountKey key;

    private AcmeSession(
        AcmeTransport transport, AcmeClient client, IssuerOptions issuer, AccountStore store, AccountState account, ILogger logger)
    {
        this.transport = transport;
        Client = client;
        this.issuer = issuer;
        this.store = store;
        this.account = account;
        this.logger = logger;
        key = AccountKey.FromPem(account.KeyPem);
    }

    public AcmeClient Client { get; }

    public AcmeDirectory Directory => Client.Directory;

    public Signer Signer => new(key, account.Url is { } url ? new Uri(url) : null);

    /// <param name="issuer">The authority; its <see cref="IssuerOptions.Directory"/> is the one asked.</param>
    /// <param name="store">Where the account is kept.</param>
    /// <param name="timeout">For one request.</param>
    /// <param name="timeProvider">The time at which the authority's TLS certificate must be valid.</param>
    /// <param name="logger">Logs the creation of an account.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task<AcmeSession> OpenAsync(
        IssuerOptions issuer,
        AccountStore store,
        TimeSpan timeout,
        TimeProvider timeProvider,
        ILogger logger,
        CancellationToken cancellationToken)
    {
        var transport = new AcmeTransport(issuer.CaRoot, timeout, timeProvider);
        AcmeSession? session = null;
        try
        {
            var directory = await AcmeDirectory.FetchAsync(transport, issuer.Directory, cancellationToken);
            if (transport.ClockAhead is { } ahead && ahead.Duration() > ClockProbe.Tolerance)
            {
                logger.ClockDiffers(ClockProbe.Say(ahead), directory.Url.Host);
            }

            var account = store.Load(issuer.Directory) ?? NewAccountState(issuer.Directory);
            session = new AcmeSession(transport, new AcmeClient(transport, directory), issuer, store, account, logger);
            await session.SettleRolloverAsync(cancellationToken);
            if (session.account.Compromised)
                await session.LeaveCompromisedKeyAsync(cancellationToken);
            if (session.account.Url is null)
                await session.RegisterAsync(cancellationToken);
            else if (session.account.Email != issuer.Email)
                await session.WithAccountAsync(_ => session.UpdateContactAsync(cancellationToken), cancellationToken);
            return session;
        }
        catch
        {
            session?.Dispose();
            transport.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Runs something under the account; if the authority has forgotten it (a wiped staging database), once more under a new account.
    /// </summary>
    public async Task<T> WithAccountAsync<T>(Func<Signer, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work(Signer);
        }
        catch (AcmeException exception) when (exception.Problem?.Kind == "accountDoesNotExist")
        {
            logger.AccountGone(Client.Authority);
            account = Another(account);
            key.Dispose();
            key = AccountKey.FromPem(account.KeyPem);
            await RegisterAsync(cancellationToken);
            return await work(Signer);
        }
    }

    /// <summary>
    /// Somebody else has the account's key, and may have changed it already. Then, and where keys cannot be changed, the account is given
    /// up.
    /// </summary>
    private async Task LeaveCompromisedKeyAsync(CancellationToken cancellationToken)
    {
        if (account.Url is not null && Directory.KeyChange is not null)
        {
            try
            {
                await RollOverKeyAsync(cancellationToken);
                logger.AccountKeyChanged(Client.Authority);
                return;
            }
            catch (AcmeException exception) when (exception.Failure is AcmeFailure.Refused)
            {
                logger.AccountGivenUp(Client.Authority, exception.Message);
            }
        }
        // Registered, and with that stored, by the caller.
        account = Another(account);
        key.Dispose();
        key = AccountKey.FromPem(account.KeyPem);
    }

    /// <summary>RFC 8555 section 7.3.5. The new key is stored before the authority learns of it.</summary>
    public async Task RollOverKeyAsync(CancellationToken cancellationToken)
    {
        var keyChange = Directory.KeyChange
            ?? throw new AcmeException(AcmeFailure.Configuration, $"{Client.Authority} does not support changing account keys.");
        var next = AccountKey.Generate();
        await RememberAsync(account with { NextKeyPem = next.ToPem() }, cancellationToken);
        var payload = Json.Write(json =>
        {
            json.WriteString("account", account.Url);
            json.WritePropertyName("oldKey");
            json.WriteRawValue(key.Jwk);
        });
        await Client.PostAsync(Signer, keyChange, Jws.Sign(next, null, keyChange, null, payload), cancellationToken);
        // Drawn here and now: nobody else can know it.
        await AdoptAsync(next, isCompromised: false, cancellationToken);
    }

    public void Dispose()
    {
        key.Dispose();
        transport.Dispose();
    }

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        if (Directory.Meta.ExternalAccountRequired && issuer.Eab is null)
        {
            throw new AcmeException(
                AcmeFailure.Configuration,
                $"{Client.Authority} requires an account created on its web site; " +
                "copy the values shown there into acme.eab.key_id and acme.eab.hmac_key.");
        }

        // Saved before the authority learns of the key, so that a crash in between does not lose the account.
        await RememberAsync(account, cancellationToken);
        var payload = Json.Write(json =>
        {
            json.WriteBoolean("termsOfServiceAgreed", true);
            WriteContact(json, issuer.Email);
            if (issuer.Eab is { } eab)
            {
                json.WritePropertyName("externalAccountBinding");
                json.WriteRawValue(ExternalAccountBinding.Create(eab, key, Directory.NewAccount));
            }
        });
        var response = await Client.PostAsync(new Signer(key, null), Directory.NewAccount, payload, cancellationToken);
        var url = Urls.Required(response.Location?.AbsoluteUri, "an account", Directory.NewAccount);
        await RememberAsync(account with { Url = url.AbsoluteUri, Email = issuer.Email }, cancellationToken);
        logger.AccountMade(Client.Authority, Text.Clean(Directory.Meta.TermsOfService ?? "none published"));
    }

    private async Task<bool> UpdateContactAsync(CancellationToken cancellationToken)
    {
        await Client.PostAsync(Signer, Signer.Account!, Json.Write(json => WriteContact(json, issuer.Email)), cancellationToken);
        await RememberAsync(account with { Email = issuer.Email }, cancellationToken);
        return true;
    }

    /// <summary>After a crash during a rollover: asks which key the account has.</summary>
    private async Task SettleRolloverAsync(CancellationToken cancellationToken)
    {
        if (account.NextKeyPem is not { } pem)
            return;
        var next = AccountKey.FromPem(pem);
        try
        {
            var ask = Json.Write(json => json.WriteBoolean("onlyReturnExisting", true));
            await Client.PostAsync(new Signer(next, null), Directory.NewAccount, ask, cancellationToken);
            // It may have been stored before the mark was set, and then whoever has the key of before has this one, too.
            await AdoptAsync(next, account.Compromised, cancellationToken);
        }
        catch (AcmeException exception) when (exception.Problem?.Kind == "accountDoesNotExist")
        {
            next.Dispose();
            await RememberAsync(account with { NextKeyPem = null }, cancellationToken);
        }
    }

    private async Task AdoptAsync(AccountKey next, bool isCompromised, CancellationToken cancellationToken)
    {
        await RememberAsync(
            account with { KeyPem = next.ToPem(), NextKeyPem = null, Compromised = isCompromised }, cancellationToken);
        key.Dispose();
        key = next;
    }

    private async Task RememberAsync(AccountState state, CancellationToken cancellationToken)
    {
        await store.SaveAsync(state, cancellationToken);
        account = state;
    }

    private static void WriteContact(System.Text.Json.Utf8JsonWriter json, string? email)
    {
        json.WriteStartArray("contact");
        if (email is not null)
            json.WriteStringValue($"mailto:{email}");
        json.WriteEndArray();
    }

    private static AccountState Another(AccountState before) =>
        NewAccountState(before.Directory) with { SharedKeyPem = before.SharedKeyPem };

    private static AccountState NewAccountState(string directory)
    {
        using var fresh = AccountKey.Generate();
        return new AccountState { Directory = directory, KeyPem = fresh.ToPem() };
    }
}
