using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Heliograph.Acme.Storage;
using Heliograph.Acme.Tests.Pebble;
using Heliograph.Testing;
using Heliograph.Testing.Pebble;

namespace Heliograph.Acme.Tests.Killing;

/// <summary>
/// Somebody else has the keys: the account gets another one, a certificate under another key is ordered, and the one of before is revoked,
/// with a real Pebble, and with kill -9 at each write on the way.
/// </summary>
public sealed class CompromiseTests : PebbleTests
{
    private const string Name = "proxy.heliograph.test";
    private const int MoreThanThereAre = 40;
    private const int SigKill = 9;

    private static readonly TimeSpan VictimBound = TimeSpan.FromSeconds(60);

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_kill_at_any_write_loses_neither_the_account_nor_the_certificate_and_the_next_start_does_the_rest()
    {
        await using var pebble = await StartPebbleAsync();
        var options = Options(pebble, Name) with
        {
            Challenges = [ChallengeTypes.Dns01],
            Dns = new DnsOptions { Hook = Hook(pebble), VisibleTimeout = TimeSpan.Zero },
        };
        var certificate = await GetAsync(options);
        var account = Account().Url;
        var kills = 0;
        for (var occasion = 1; occasion < MoreThanThereAre; occasion++)
        {
            var (before, key) = (certificate, Account().Key);
            Mark();
            var isKilled = await BeKilledAsync(occasion, pebble, options);
            await using (var manager = Open(options))
            {
                // Whatever happened, there is one.
                Assert.NotNull(manager.Current);
                await manager.RenewNowAsync(force: false, Stop);
                certificate = manager.Current;
            }
            Assert.NotEqual(before.KeyPem, certificate.KeyPem);
            Assert.Equal("Revoked", await pebble.StatusAsync(before.SerialNumber));
            Assert.Equal("Valid", await pebble.StatusAsync(certificate.SerialNumber));
            await AssertTrustedAsync(certificate, pebble);
            Assert.Equal(account, Account().Url);
            Assert.NotEqual(key, Account().Key);
            Assert.All(Documents(), static path => Assert.False(Compromise.IsMarked(File.ReadAllBytes(path)), path));
            if (!isKilled)
                break;
            kills++;
        }
        // Two for each: the attempt, the account's next key, that it is in use, the order, the certificate, that it is revoked.
        Assert.InRange(kills, 12, MoreThanThereAre - 2);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task An_account_whose_key_the_thief_has_changed_is_given_up_and_the_certificate_is_revoked_by_its_own_key()
    {
        await using var pebble = await StartPebbleAsync();
        var options = Options(pebble, Name);
        var stolen = await GetAsync(options);
        var account = Account();
        var kept = File.ReadAllBytes(AccountPath());
        await using (var thief = Open(options))
            await thief.RollOverAccountKeyAsync(Stop);
        await File.WriteAllBytesAsync(AccountPath(), kept, Stop);
        Mark();

        await using var manager = Open(options);
        Assert.True((await manager.RenewNowAsync(force: false, Stop)).Renewed);
        Assert.Equal("Revoked", await pebble.StatusAsync(stolen.SerialNumber));
        Assert.Equal("Valid", await pebble.StatusAsync(manager.Current!.SerialNumber));
        Assert.NotEqual(account.Url, Account().Url);
        Assert.Contains("and a new account is made", Log.All, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_next_key_that_was_stored_before_the_mark_is_known_too_and_is_changed_once_more()
    {
        await using var pebble = await StartPebbleAsync();
        var options = Options(pebble, Name);
        await GetAsync(options);
        var account = Account();
        var document = JsonNode.Parse(await File.ReadAllBytesAsync(AccountPath(), Stop))!;
        await using (var manager = Open(options))
            await manager.RollOverAccountKeyAsync(Stop);
        var known = Account().Key;
        // The authority changed the key, and its answer was lost.
        document["next_key_pem"] = known;
        await File.WriteAllTextAsync(AccountPath(), document.ToJsonString(), Stop);
        Mark();

        await using (var manager = Open(options))
            Assert.True((await manager.RenewNowAsync(force: false, Stop)).Renewed);
        Assert.Equal(account.Url, Account().Url);
        Assert.DoesNotContain(Account().Key, new[] { account.Key, known });
        Assert.All(Documents(), static path => Assert.False(Compromise.IsMarked(File.ReadAllBytes(path)), path));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task What_the_authority_of_before_issued_is_kept_as_not_revoked_until_that_is_configured_again()
    {
        await using var first = await StartPebbleAsync();
        await using var second = await StartPebbleAsync();
        var stolen = await GetAsync(Options(first, Name));
        Mark();
        await using (var manager = Open(Options(second, Name)))
            Assert.True((await manager.RenewNowAsync(force: false, Stop)).Renewed);
        Assert.Equal("Valid", await first.StatusAsync(stolen.SerialNumber));
        var document = Path.Combine(State["acme"], CertificateManager.CertificateDocument);
        var mark = Compromise.Find(await File.ReadAllBytesAsync(document, Stop));
        Assert.Equal(
            new CompromiseMark(
                first.DirectoryUrl, $"{first.DirectoryUrl}, which issued it, is no longer configured (acme.directory)."),
            mark);
        Assert.False(Compromise.IsMarked(await File.ReadAllBytesAsync(document, Stop)));

        await using (var manager = Open(Options(first, Name)))
            await manager.RenewNowAsync(force: false, Stop);
        Assert.Equal("Revoked", await first.StatusAsync(stolen.SerialNumber));
        Assert.All(Documents(), static path => Assert.Null(Compromise.Find(File.ReadAllBytes(path))));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_account_of_a_second_authority_gets_another_key_without_an_order_there()
    {
        await using var first = await StartPebbleAsync();
        await using var second = await StartPebbleAsync();
        await GetAsync(Options(second, Name));
        var path = AccountPath();
        var before = Account(path);
        await GetAsync(Options(first, Name));
        Mark();

        var failover = new IssuerOptions { Directory = second.DirectoryUrl, CaRoot = second.CaRootFile };
        await using var manager = Open(Options(first, Name) with { Failover = failover });
        await manager.RenewIfDueAsync(Stop);
        Assert.All(Documents(), static path => Assert.Null(Compromise.Find(File.ReadAllBytes(path))));
        Assert.Equal(before.Url, Account(path).Url);
        Assert.NotEqual(before.Key, Account(path).Key);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_second_theft_before_the_first_certificate_is_revoked_has_both_revoked()
    {
        await using var pebble = await StartPebbleAsync();
        var options = Options(pebble, Name);
        var path = Path.Combine(State["acme"], CertificateManager.CertificateDocument);
        var first = await GetAsync(options);
        var marked = JsonNode.Parse(Compromise.MarkCertificate(await File.ReadAllBytesAsync(path, Stop), DateTimeOffset.UtcNow))!;
        var second = await GetAsync(options, force: true);
        // The first one is replaced, and the authority could not be told of it yet.
        var document = JsonNode.Parse(await File.ReadAllBytesAsync(path, Stop))!;
        document["compromised"] = marked["compromised"]!.DeepClone();
        await File.WriteAllTextAsync(path, document.ToJsonString(), Stop);
        Mark();

        await using var manager = Open(options);
        Assert.True((await manager.RenewNowAsync(force: false, Stop)).Renewed);
        Assert.Equal("Revoked", await pebble.StatusAsync(first.SerialNumber));
        Assert.Equal("Revoked", await pebble.StatusAsync(second.SerialNumber));
        Assert.Equal("Valid", await pebble.StatusAsync(manager.Current!.SerialNumber));
        Assert.All(Documents(), static path => Assert.Null(Compromise.Find(File.ReadAllBytes(path))));
    }

    [Fact]
    public void A_certificate_that_has_expired_needs_no_revocation()
    {
        var start = DateTimeOffset.UnixEpoch;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=heliograph", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(start, start.AddDays(90));
        var document = JsonSerializer.SerializeToUtf8Bytes(new
        {
            chain_pem = certificate.ExportCertificatePem(),
            key_pem = key.ExportPkcs8PrivateKeyPem(),
            issued_by = "https://authority.example/directory",
        });
        Assert.True(Compromise.IsMarked(Compromise.MarkCertificate(document, start.AddDays(89))));
        Assert.False(Compromise.IsMarked(Compromise.MarkCertificate(document, start.AddDays(91))));
    }

    private IEnumerable<string> Documents() => Directory.EnumerateFiles(State["acme"], "*.json");

    private string AccountPath() => Directory.GetFiles(State["acme"], "account-*.json").Single();

    private (string Url, string Key) Account() => Account(AccountPath());

    private static (string Url, string Key) Account(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return (json.RootElement.GetProperty("url").GetString()!, json.RootElement.GetProperty("key_pem").GetString()!);
    }

    private void Mark()
    {
        var certificate = Path.Combine(State["acme"], CertificateManager.CertificateDocument);
        File.WriteAllBytes(certificate, Compromise.MarkCertificate(File.ReadAllBytes(certificate), DateTimeOffset.UtcNow));
        foreach (var account in Directory.GetFiles(State["acme"], "account-*.json"))
            File.WriteAllBytes(account, Compromise.MarkAccount(File.ReadAllBytes(account)));
        Assert.All(Documents(), static path => Assert.True(Compromise.IsMarked(File.ReadAllBytes(path)), path));
    }

    /// <returns>False: it was done before that.</returns>
    private async Task<bool> BeKilledAsync(int occasion, PebbleServer pebble, AcmeOptions options)
    {
        await using var victim = ChildProcess.Start(
            Environment.ProcessPath!,
            [
                VictimProgram.KilledWord, occasion.ToString(CultureInfo.InvariantCulture), pebble.DirectoryUrl, pebble.CaRootFile,
                State.Path, Name, options.Dns!.Hook!,
            ]);
        var code = await victim.WaitForExitAsync(VictimBound);
        Assert.True(code is 0 or 128 + SigKill, victim.AllOutput);
        return code != 0;
    }

    private string Hook(PebbleServer pebble)
    {
        var path = State.Write("hook", $$"""
            #!/bin/sh
            case "$1" in
            present) exec curl -sf -d "{\"host\": \"$2\", \"value\": \"$3\"}" {{pebble.SetTxtUrl}} ;;
            cleanup) exec curl -sf -d "{\"host\": \"$2\"}" {{pebble.ClearTxtUrl}} ;;
            esac

            """);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
