namespace Heliograph.Acme.Tests.Pebble;

public sealed class TroubleTests : PebbleTests
{
    [Fact]
    public async Task A_restart_with_the_authority_down_serves_what_is_stored()
    {
        AcmeOptions options;
        IssuedCertificate certificate;
        await using (var pebble = await StartPebbleAsync())
        {
            options = Options(pebble, "proxy.heliograph.test");
            certificate = await GetAsync(options);
            // The root file is deleted with Pebble.
            options = options with { CaRoot = State.Write("root.pem", await File.ReadAllTextAsync(pebble.CaRootFile, Stop)) };
        }

        Used.Clear();
        await using var manager = Open(options);
        Assert.Equal([certificate.SerialNumber], Used.Select(used => used.SerialNumber));
        var error = await Assert.ThrowsAsync<AcmeException>(() => manager.RenewNowAsync(force: true, Stop));
        Assert.Equal(AcmeFailure.Unreachable, error.Failure);
        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
        Assert.Equal(certificate.SerialNumber, manager.Current!.SerialNumber);
        Assert.Equal(error.Message, manager.Describe().LastError);
    }

    [Fact]
    public async Task A_different_server_on_port_80_is_reported_and_no_token_gets_into_the_log()
    {
        await using var pebble = await StartPebbleAsync();
        Ports.WrongHttpAnswers = true;
        var error = await Assert.ThrowsAsync<AcmeException>(
            () => GetAsync(Options(pebble, "proxy.heliograph.test") with { Challenges = [ChallengeTypes.Http01] }));

        Assert.Equal(AcmeFailure.NotProven, error.Failure);
        Assert.Contains("port 80", error.Message, StringComparison.Ordinal);
        Assert.Contains("proxy.heliograph.test", error.Message, StringComparison.Ordinal);
        AssertNoSecrets();
    }

    [Fact]
    public async Task A_closed_port_is_named()
    {
        using var closed = Heliograph.Testing.LoopbackPort.Refusing(out var nobody);
        await using var pebble = await StartPebbleAsync(options => options with { TlsPort = nobody.Port });
        var error = await Assert.ThrowsAsync<AcmeException>(
            () => GetAsync(Options(pebble, "proxy.heliograph.test") with { Challenges = [ChallengeTypes.TlsAlpn01] }));

        Assert.Contains("port 443", error.Message, StringComparison.Ordinal);
        Assert.Contains("internet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_all_types_fail_every_reason_is_reported()
    {
        await using var pebble = await StartPebbleAsync();
        Ports.WrongHttpAnswers = true;
        Ports.WrongTlsAnswers = true;
        var error = await Assert.ThrowsAsync<AcmeException>(() => GetAsync(Options(pebble, "proxy.heliograph.test")));

        Assert.Contains("port 443", error.Message, StringComparison.Ordinal);
        Assert.Contains("port 80", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, Ports.Outstanding);
        AssertNoSecrets();
    }

    [Fact]
    public async Task No_key_token_or_key_authorization_is_ever_logged_and_files_are_private()
    {
        // 32 bytes, the least that RFC 7518 section 3.2 allows for HS256: the Pebble of Debian 13 refuses fewer.
        var eab = new EabOptions { KeyId = "kid-1", HmacKey = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I" };
        await using var pebble = await StartPebbleAsync(options => options with
        {
            ExternalAccounts = new Dictionary<string, string>(StringComparer.Ordinal) { [eab.KeyId] = eab.HmacKey },
        });
        Ports.WrongTlsAnswers = true;
        await GetAsync(Options(pebble, "proxy.heliograph.test") with { Eab = eab });

        AssertNoSecrets(eab.HmacKey);
        Assert.NotEmpty(Ports.Secrets);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(State["acme"]));
        var files = Directory.GetFiles(State["acme"]);
        Assert.Equal(3, files.Length);
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_wrong_root_for_the_authority_is_reported_with_its_key()
    {
        await using var pebble = await StartPebbleAsync();
        var wrong = State.Write("wrong.pem", await pebble.IssuingRootAsync());
        var error = await Assert.ThrowsAsync<AcmeException>(() =>
            GetAsync(Options(pebble, "proxy.heliograph.test") with { CaRoot = wrong }));
        Assert.Contains("acme.ca_root", error.Message, StringComparison.Ordinal);
    }

    private void AssertNoSecrets(params string[] more)
    {
        var keys = Directory
            .GetFiles(State["acme"], "*.json")
            .SelectMany(file =>
                System
                    .Text.RegularExpressions.Regex.Matches(
                        File.ReadAllText(file),
                        "PRIVATE KEY-----\\\\n(?<key>[A-Za-z0-9+/]{30})",
                        System.Text.RegularExpressions.RegexOptions.None,
                        TimeSpan.FromSeconds(5))
                    .Select(match => match.Groups["key"].Value))
            .ToList();
        Assert.NotEmpty(Log.Lines);
        Assert.NotEmpty(keys);
        Assert.All([.. Ports.Secrets, .. keys, .. more], secret => Assert.DoesNotContain(secret, Log.All, StringComparison.Ordinal));
        Assert.DoesNotContain("PRIVATE KEY", Log.All, StringComparison.Ordinal);
    }
}
