using System.Security.Cryptography;
using Heliograph.Acme.Dns;
using Heliograph.Acme.Tests.Pebble;
using Heliograph.Testing.Bind;

namespace Heliograph.Acme.Tests.Dns;

/// <summary>Against a real BIND, which Pebble also queries.</summary>
public sealed class Rfc2136Tests : PebbleTests
{
    private static readonly string Secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    [Theory]
    [InlineData("hmac-sha256", "udp")]
    [InlineData("hmac-sha512", "tcp")]
    public async Task A_wildcard_is_had_through_a_signed_update_and_the_record_is_gone_afterwards(string algorithm, string transport)
    {
        await using var bind = await BindServer.StartAsync(algorithm, Secret);
        await using var pebble = await StartPebbleAsync(options => options with { DnsServer = bind.Address.ToString() });
        var certificate = await GetAsync(Options(pebble, $"*.{BindServer.Zone}", BindServer.Zone) with
        {
            Challenges = [ChallengeTypes.Dns01],
            Dns = new DnsOptions { Rfc2136 = Update(bind, algorithm) with { Transport = transport } },
        });

        Assert.Contains($"*.{BindServer.Zone}", certificate.Names);
        await AssertTrustedAsync(certificate, pebble);
        Assert.Empty(await TextAsync(bind, $"_acme-challenge.{BindServer.Zone}."));
        Assert.DoesNotContain(Secret, Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_does_not_appear_is_waited_for_and_then_left_to_the_authority()
    {
        await using var bind = await BindServer.StartAsync("hmac-sha256", Secret);
        var visibility = new DnsVisibility(
            new DnsOptions { VisibleAt = [bind.Address.ToString()], VisibleTimeout = TimeSpan.FromMilliseconds(600) },
            TimeProvider.System,
            Log);
        await visibility.WaitAsync($"_acme-challenge.{BindServer.Zone}.", "value", [], Stop);
        Assert.Contains("is still not visible at " + bind.Address, Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_secret_is_reported_as_such()
    {
        await using var bind = await BindServer.StartAsync("hmac-sha256", Secret);
        var error = await PresentFailsAsync(
            bind,
            Update(bind, "hmac-sha256") with
            {
                KeySecret = Convert.ToBase64String(new byte[32]),
            },
            BindServer.Zone);
        Assert.Contains("BADSIG", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_name_is_reported_as_such()
    {
        await using var bind = await BindServer.StartAsync("hmac-sha256", Secret);
        var error = await PresentFailsAsync(bind, Update(bind, "hmac-sha256") with { KeyName = "nobody" }, BindServer.Zone);
        Assert.Contains("BADKEY", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_the_key_may_not_change_is_reported_as_such()
    {
        await using var bind = await BindServer.StartAsync("hmac-sha256", Secret);
        var error = await PresentFailsAsync(bind, Update(bind, "hmac-sha256"), "forbidden." + BindServer.Zone);
        Assert.Contains("REFUSED", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_outside_the_server_s_zones_is_reported_as_such()
    {
        await using var bind = await BindServer.StartAsync("hmac-sha256", Secret);
        var error = await PresentFailsAsync(bind, Update(bind, "hmac-sha256"), "elsewhere.example");
        Assert.Contains("acme.dns.rfc2136.zone", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_clock_is_reported_as_such()
    {
        await using var bind = await BindServer.StartAsync("hmac-sha256", Secret);
        var fast = new Heliograph.Testing.ManualTimeProvider(DateTimeOffset.UtcNow.AddHours(2));
        var error = await PresentFailsAsync(bind, Update(bind, "hmac-sha256"), BindServer.Zone, fast);
        Assert.Contains("BADTIME", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_name_server_is_reported_with_its_address()
    {
        using var nobody = Heliograph.Testing.LoopbackPort.Refusing(out var address);
        var records = Records(new Rfc2136Options { Server = address.ToString(), KeyName = "k", KeySecret = Secret }, TimeProvider.System);
        var error = await Assert.ThrowsAsync<AcmeException>(() => records.PresentAsync("_acme-challenge.example.org.", "value", Stop));
        Assert.Contains(address.ToString(), error.Message, StringComparison.Ordinal);
    }

    private static Rfc2136Options Update(BindServer bind, string algorithm) => new()
    {
        Server = bind.Address.ToString(),
        KeyName = BindServer.KeyName,
        KeySecret = Secret,
        Algorithm = algorithm,
    };

    private async Task<AcmeException> PresentFailsAsync(
        BindServer bind, Rfc2136Options options, string name, TimeProvider? timeProvider = null)
    {
        var records = Records(options, timeProvider ?? TimeProvider.System);
        var error = await Assert.ThrowsAsync<AcmeException>(() => records.PresentAsync($"_acme-challenge.{name}.", "value", Stop));
        Assert.Contains(bind.Address.ToString(), error.Message, StringComparison.Ordinal);
        return error;
    }

    private Rfc2136Records Records(Rfc2136Options options, TimeProvider timeProvider) =>
        new(options, new DnsVisibility(new DnsOptions(), timeProvider, Log), timeProvider, Log);

    private static async Task<IEnumerable<byte[]>> TextAsync(BindServer bind, string name)
    {
        var answer = await DnsExchange.AskAsync(
            bind.Address, DnsWriter.Query(1, name, DnsTypes.Txt, recursive: false), tcpOnly: true, Stop);
        return DnsAnswer.Parse(answer)!.Answers.Where(record => record.Type == DnsTypes.Txt).Select(record => record.Data);
    }
}
