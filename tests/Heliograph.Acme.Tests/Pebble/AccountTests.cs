namespace Heliograph.Acme.Tests.Pebble;

public sealed class AccountTests : PebbleTests
{
    private const string MacKey = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";

    [Fact]
    public async Task An_external_account_is_bound()
    {
        await using var pebble = await StartPebbleAsync(WithExternalAccounts);
        var eab = new EabOptions { KeyId = "kid-1", HmacKey = MacKey };
        await AssertTrustedAsync(await GetAsync(Options(pebble, "proxy.heliograph.test") with { Eab = eab }), pebble);
    }

    [Fact]
    public async Task Without_the_external_account_the_error_says_which_keys_to_fill_in()
    {
        await using var pebble = await StartPebbleAsync(WithExternalAccounts);
        var error = await Assert.ThrowsAsync<AcmeException>(() => GetAsync(Options(pebble, "proxy.heliograph.test")));

        Assert.Equal(AcmeFailure.Configuration, error.Failure);
        Assert.Contains("acme.eab.key_id", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_external_account_key_is_refused_by_the_authority()
    {
        await using var pebble = await StartPebbleAsync(WithExternalAccounts);
        var eab = new EabOptions { KeyId = "kid-1", HmacKey = "AAAA" + MacKey[4..] };
        var error = await Assert.ThrowsAsync<AcmeException>(() => GetAsync(Options(pebble, "proxy.heliograph.test") with { Eab = eab }));
        Assert.Contains("127.0.0.1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_account_gets_a_new_key_and_stays_in_use()
    {
        await using var pebble = await StartPebbleAsync();
        await using var manager = Open(Options(pebble, "proxy.heliograph.test"));
        await manager.RenewNowAsync(force: false, Stop);
        var before = AccountFile();
        await manager.RollOverAccountKeyAsync(Stop);
        var after = AccountFile();

        Assert.NotEqual(before, after);
        Assert.Equal(AccountUrl(before), AccountUrl(after));
        Assert.True((await manager.RenewNowAsync(force: true, Stop)).Renewed);
    }

    [Fact]
    public async Task An_account_that_the_authority_has_forgotten_is_created_again()
    {
        var options = default(AcmeOptions);
        int port;
        await using (var pebble = await StartPebbleAsync())
        {
            port = pebble.Port;
            options = Options(pebble, "proxy.heliograph.test");
            await GetAsync(options);
        }

        // Pebble forgets everything between two starts.
        await using var reborn = await StartPebbleAsync(start => start with { Port = port });
        await using var manager = Open(options with { CaRoot = reborn.CaRootFile });
        Assert.True((await manager.RenewNowAsync(force: true, Stop)).Renewed);
        Assert.Contains("no longer knows this account", Log.All, StringComparison.Ordinal);
        await AssertTrustedAsync(manager.Current!, reborn);
    }

    [Fact]
    public async Task A_changed_e_mail_address_is_sent_to_the_authority()
    {
        await using var pebble = await StartPebbleAsync();
        var options = Options(pebble, "proxy.heliograph.test") with { Email = "one@heliograph.example" };
        await GetAsync(options);
        await using var manager = Open(options with { Email = "two@heliograph.example" });
        await manager.RenewNowAsync(force: true, Stop);
        Assert.Contains("two@heliograph.example", AccountFile(), StringComparison.Ordinal);
    }

    private static Heliograph.Testing.Pebble.PebbleOptions WithExternalAccounts(Heliograph.Testing.Pebble.PebbleOptions options) =>
        options with
        {
            ExternalAccounts = new Dictionary<string, string>(StringComparer.Ordinal) { ["kid-1"] = MacKey },
        };

    private string AccountFile() => File.ReadAllText(Directory.GetFiles(State["acme"], "account-*.json").Single());

    private static string AccountUrl(string file) => System.Text.Json.JsonDocument.Parse(file).RootElement.GetProperty("url").GetString()!;
}
