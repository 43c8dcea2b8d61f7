using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Acme.Tests.Pebble;

public sealed class IssuanceTests : PebbleTests
{
    [Fact]
    public async Task TLS_ALPN_01_is_the_first_way_to_get_a_certificate()
    {
        await using var pebble = await StartPebbleAsync();
        var certificate = await GetAsync(Options(pebble, "proxy.heliograph.test"));

        Assert.Equal(["proxy.heliograph.test"], certificate.Names);
        await AssertTrustedAsync(certificate, pebble);
        Assert.Single(Ports.Validations);
        Assert.Equal(0, Ports.HttpPresented);
        Assert.Equal(0, Ports.Outstanding);
        using var leaf = certificate.OpenLeaf();
        using var key = leaf.GetECDsaPublicKey();
        Assert.Equal(256, key!.KeySize);
        Assert.Equal([certificate], Used);
    }

    [Fact]
    public async Task HTTP_01_gets_a_certificate()
    {
        await using var pebble = await StartPebbleAsync();
        var certificate = await GetAsync(Options(pebble, "proxy.heliograph.test") with { Challenges = [ChallengeTypes.Http01] });

        await AssertTrustedAsync(certificate, pebble);
        Assert.Empty(Ports.Validations);
        Assert.Equal(1, Ports.HttpPresented);
    }

    [Fact]
    public async Task HTTP_01_is_tried_when_TLS_ALPN_01_fails()
    {
        await using var pebble = await StartPebbleAsync();
        Ports.WrongTlsAnswers = true;
        var certificate = await GetAsync(Options(pebble, "proxy.heliograph.test"));

        await AssertTrustedAsync(certificate, pebble);
        Assert.Single(Ports.Validations);
        Assert.Equal(1, Ports.HttpPresented);
        Assert.Contains("tls-alpn-01 for proxy.heliograph.test failed", Log.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_certificate_for_an_address_is_had_by_TLS_ALPN_01(string address)
    {
        await using var pebble = await StartPebbleAsync();
        var certificate = await GetAsync(Options(pebble, address) with { Challenges = [ChallengeTypes.TlsAlpn01] });

        Assert.Equal([address], certificate.Names);
        await AssertTrustedAsync(certificate, pebble);
        Assert.EndsWith(".arpa", Assert.Single(Ports.Validations).ServerName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HTTP_01_gets_a_certificate_for_an_address()
    {
        await using var pebble = await StartPebbleAsync();
        var certificate = await GetAsync(Options(pebble, "127.0.0.1") with { Challenges = [ChallengeTypes.Http01] });
        Assert.Equal(["127.0.0.1"], certificate.Names);
    }

    [Fact]
    public async Task Several_names_and_an_address_go_into_one_certificate()
    {
        await using var pebble = await StartPebbleAsync();
        var certificate = await GetAsync(
            Options(pebble, "one.heliograph.test", "TWO.heliograph.test", "three.heliograph.test", "127.0.0.1"));

        Assert.Equal(
            ["127.0.0.1", "one.heliograph.test", "three.heliograph.test", "two.heliograph.test"],
            certificate.Names.Order(StringComparer.Ordinal));
        await AssertTrustedAsync(certificate, pebble);
    }

    [Fact]
    public async Task An_RSA_key_is_created_on_request()
    {
        await using var pebble = await StartPebbleAsync();
        var certificate = await GetAsync(Options(pebble, "proxy.heliograph.test") with { KeyType = KeyTypes.Rsa2048 });

        using var leaf = certificate.OpenLeaf();
        using var key = leaf.GetRSAPublicKey();
        Assert.Equal(2048, key!.KeySize);
    }

    [Fact]
    public async Task Half_of_the_nonces_rejected_costs_time_but_no_certificate()
    {
        await using var pebble = await StartPebbleAsync(options => options with { NonceRejectPercent = 50 });
        var certificate = await GetAsync(Options(pebble, "one.heliograph.test", "two.heliograph.test"));
        await AssertTrustedAsync(certificate, pebble);
    }

    [Fact]
    public async Task The_preferred_chain_is_used_if_the_authority_offers_it()
    {
        await using var pebble = await StartPebbleAsync(options => options with { AlternateRoots = 2 });
        using var root = X509Certificate2.CreateFromPem(await pebble.IssuingRootAsync(1));
        var name = root.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        var certificate = await GetAsync(Options(pebble, "proxy.heliograph.test") with { PreferredChain = name });

        await AssertTrustedAsync(certificate, pebble, root: 1);
        var sent = new X509Certificate2Collection();
        sent.ImportFromPem(certificate.ChainPem);
        Assert.Equal(name, sent[^1].GetNameInfo(X509NameType.SimpleName, forIssuer: true));
    }

    [Fact]
    public async Task A_renewal_has_a_new_key_and_is_put_into_use()
    {
        await using var pebble = await StartPebbleAsync();
        await using var manager = Open(Options(pebble, "proxy.heliograph.test"));
        await manager.RenewNowAsync(force: false, Stop);
        var first = manager.Current!;
        Assert.False((await manager.RenewNowAsync(force: false, Stop)).Renewed);
        await manager.RenewNowAsync(force: true, Stop);

        Assert.NotEqual(first.KeyPem, manager.Current!.KeyPem);
        Assert.NotEqual(first.SerialNumber, manager.Current.SerialNumber);
        Assert.Equal([first, manager.Current], Used);
    }

    [Fact]
    public async Task A_revoked_certificate_is_revoked_at_the_authority_and_due_at_once()
    {
        await using var pebble = await StartPebbleAsync();
        await using var manager = Open(Options(pebble, "proxy.heliograph.test"));
        await manager.RenewNowAsync(force: false, Stop);
        var serial = manager.Current!.SerialNumber;
        await manager.RevokeAsync(RevocationReason.KeyCompromise, Stop);

        Assert.Equal("Revoked", await pebble.StatusAsync(serial));
        Assert.True(manager.Describe().Revoked);
        Assert.True((await manager.RenewNowAsync(force: false, Stop)).Renewed);
        Assert.Equal("Valid", await pebble.StatusAsync(manager.Current.SerialNumber));
        Assert.False(manager.Describe().Revoked);
    }

    [Fact]
    public async Task The_loop_gets_the_first_certificate_and_renews_short_lived_ones()
    {
        await using var pebble = await StartPebbleAsync(options => options with { CertificateSeconds = 12 });
        var three = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var manager = CertificateManager.Open(Options(pebble, "proxy.heliograph.test"), Ports.Responders, certificate =>
        {
            lock (Used)
            {
                Used.Add(certificate);
                if (Used.Count == 3)
                    three.TrySetResult();
            }
        }, TimeProvider.System, Log);
        manager.Start();
        await three.Task.WaitAsync(TimeSpan.FromSeconds(60), Stop);

        Assert.Equal(3, Used.Take(3).Select(certificate => certificate.SerialNumber).Distinct(StringComparer.Ordinal).Count());
        // Each arrived while the previous one was still valid.
        Assert.True(Used[1].NotBefore < Used[0].NotAfter && Used[2].NotBefore < Used[1].NotAfter);
    }
}
