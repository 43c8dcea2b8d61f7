using System.Net;
using System.Security.Cryptography;
using Heliograph.Acme.Dns;
using Heliograph.Acme.Tests.Pebble;
using Heliograph.Platform.Resolving;
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
            Resolver(),
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

    [Fact]
    public async Task A_name_that_is_an_alias_within_the_server_is_written_at_its_target()
    {
        await using var bind = await BindServer.StartAsync(
            "hmac-sha256", Secret, records: $"_acme-challenge.proxy IN CNAME step.{BindServer.Zone}.\nstep IN CNAME _acme-challenge");
        await using var pebble = await StartPebbleAsync(options => options with { DnsServer = bind.Address.ToString() });
        var certificate = await GetAsync(Options(pebble, "proxy." + BindServer.Zone) with
        {
            Challenges = [ChallengeTypes.Dns01],
            Dns = new DnsOptions { Rfc2136 = Update(bind, "hmac-sha256") },
        });
        Assert.Equal(["proxy." + BindServer.Zone], certificate.Names);
        Assert.Empty(await TextAsync(bind, $"_acme-challenge.{BindServer.Zone}."));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("delegated.test")]
    public async Task A_name_that_another_server_delegates_is_written_at_its_target(string? zone)
    {
        await using var bind = await BindServer.StartAsync("hmac-sha256", Secret, "delegated.test");
        await using var other = await BindServer.StartAsync(
            "hmac-sha256", Secret, "origin.test", "_acme-challenge IN CNAME _acme-challenge.delegated.test.");
        var records = Records(Update(bind, "hmac-sha256") with { Zone = zone }, TimeProvider.System, other.Address);
        await using (await records.PresentAsync("_acme-challenge.origin.test.", "value", Stop))
            Assert.Equal("value"u8.ToArray(), Assert.Single(await TextAsync(bind, "_acme-challenge.delegated.test.")));
        Assert.Empty(await TextAsync(bind, "_acme-challenge.delegated.test."));
        Assert.Equal("", Log.All);
    }

    [Fact]
    public async Task The_next_name_server_of_this_machine_is_asked_if_one_does_not_answer_and_the_list_is_read_each_time()
    {
        await using var bind = await BindServer.StartAsync("hmac-sha256", Secret, "delegated.test");
        await using var other = await BindServer.StartAsync(
            "hmac-sha256", Secret, "origin.test", "_acme-challenge IN CNAME _acme-challenge.delegated.test.");
        using var nobody = Heliograph.Testing.LoopbackPort.Refusing(out var silent);
        IPEndPoint[] servers = [];
        var records = Records(Update(bind, "hmac-sha256"), TimeProvider.System, new SystemResolver(() => servers, Log));
        await Assert.ThrowsAsync<AcmeException>(() => records.PresentAsync("_acme-challenge.origin.test.", "value", Stop));

        // BIND refuses what is not in its own zone.
        servers = [silent, bind.Address, other.Address];
        await using (await records.PresentAsync("_acme-challenge.origin.test.", "value", Stop))
            Assert.Equal("value"u8.ToArray(), Assert.Single(await TextAsync(bind, "_acme-challenge.delegated.test.")));
        Assert.Equal(2, Log.Lines.Count);
        Assert.StartsWith(
            $"Warning: The name server {silent} of /etc/resolv.conf gives no answer: ", Log.Lines[0], StringComparison.Ordinal);
        Assert.Equal(
            $"Warning: The name server {bind.Address} of /etc/resolv.conf gives no answer: response code 5", Log.Lines[1]);
    }

    [Fact]
    public void Three_name_servers_are_taken_from_the_file_as_the_system_does()
    {
        var file = State.Write(
            "resolv.conf",
            "# nameserver 192.0.2.9\nnameserver\nnameserver nonsense\n nameserver  192.0.2.1 \nnameserver 2001:db8::2\n" +
            "search example\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n");
        Assert.Equal(
            ["192.0.2.1:53", "[2001:db8::2]:53", "192.0.2.3:53"],
            SystemResolver.Read(file).Select(static server => server.ToString()));
        Assert.Empty(SystemResolver.Read(State["missing"]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(BindServer.Zone)]
    public async Task An_alias_that_leads_out_of_the_servers_zones_is_named(string? zone)
    {
        await using var bind = await BindServer.StartAsync(
            "hmac-sha256", Secret, records: "_acme-challenge.proxy IN CNAME 1234.dns-provider.test.");
        var records = Records(Update(bind, "hmac-sha256") with { Zone = zone }, TimeProvider.System);
        var error = await Assert.ThrowsAsync<AcmeException>(() =>
            records.PresentAsync($"_acme-challenge.proxy.{BindServer.Zone}.", "value", Stop));
        Assert.Contains(
            $"has no zone for 1234.dns-provider.test. (of which _acme-challenge.proxy.{BindServer.Zone}. is an alias)",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alias_that_the_key_may_not_change_is_named()
    {
        await using var bind = await BindServer.StartAsync("hmac-sha256", Secret, records: "_acme-challenge.proxy IN CNAME forbidden");
        var error = await PresentFailsAsync(bind, Update(bind, "hmac-sha256"), "proxy." + BindServer.Zone);
        Assert.Contains(
            $"refused to change forbidden.{BindServer.Zone}. (of which _acme-challenge.proxy.{BindServer.Zone}. is an alias)",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alias_of_what_is_no_host_name_is_refused_without_its_control_characters()
    {
        await using var bind = await BindServer.StartAsync(
            "hmac-sha256", Secret, records: @"_acme-challenge.proxy IN CNAME red\027[31m\013line.dns-provider.test.");
        var records = Records(Update(bind, "hmac-sha256"), TimeProvider.System);
        var error = await Assert.ThrowsAsync<AcmeException>(() =>
            records.PresentAsync($"_acme-challenge.proxy.{BindServer.Zone}.", "value", Stop));
        Assert.Equal(
            $"_acme-challenge.proxy.{BindServer.Zone}. is an alias (CNAME) of 'red [31m line.dns-provider.test', which is not a host " +
            "name: it has other characters than letters, digits, - and _; correct it in DNS.",
            error.Message);
    }

    [Fact]
    public async Task Aliases_in_a_circle_are_followed_a_few_times_only()
    {
        await using var bind = await BindServer.StartAsync(
            "hmac-sha256", Secret, records: "_acme-challenge.proxy IN CNAME circle\ncircle IN CNAME _acme-challenge.proxy");
        var records = Records(Update(bind, "hmac-sha256"), TimeProvider.System);
        var error = await Assert.ThrowsAsync<AcmeException>(() =>
            records.PresentAsync($"_acme-challenge.proxy.{BindServer.Zone}.", "value", Stop));
        Assert.Contains("leads through more than 8 names", error.Message, StringComparison.Ordinal);
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

    private Rfc2136Records Records(Rfc2136Options options, TimeProvider timeProvider, params IPEndPoint[] resolvers) =>
        Records(options, timeProvider, Resolver(resolvers));

    private Rfc2136Records Records(Rfc2136Options options, TimeProvider timeProvider, SystemResolver resolver) =>
        new(options, resolver, new DnsVisibility(new DnsOptions(), resolver, timeProvider, Log), timeProvider, Log);

    private SystemResolver Resolver(params IPEndPoint[] servers) => new(() => servers, Log);

    private static async Task<IEnumerable<byte[]>> TextAsync(BindServer bind, string name)
    {
        var answer = await DnsExchange.AskAsync(
            bind.Address, DnsWriter.Query(1, name, DnsTypes.Txt, recursive: false), tcpOnly: true, Stop);
        return DnsAnswer.Parse(answer)!.Answers.Where(record => record.Type == DnsTypes.Txt).Select(record => record.Data);
    }
}
