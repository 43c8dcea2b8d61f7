using System.Security.Cryptography;
using Heliograph.Testing;
using Heliograph.Testing.Bind;
using Heliograph.Testing.Pebble;

namespace Heliograph.EndToEnd.Tests.Certificates;

/// <summary>The first certificate of the built program, from a real Pebble, by every available method.</summary>
public sealed class IssuanceTests
{
    [Fact(Timeout = Bound.LongTest)]
    public async Task By_TLS_ALPN_01_on_the_relays_own_port_while_a_self_signed_one_is_served()
    {
        await using var proxy = new AcmeProxy { HasHttp = false };
        await using var gate = new Gate(proxy.Tls);
        await using var pebble = await PebbleServer.StartAsync(proxy.Pebble with { TlsPort = gate.Port });
        proxy.Configure(pebble);
        await proxy.StartAsync();
        await gate.Arrived.WaitAsync(AcmeProxy.Issued, Bound.Token);
        Assert.Contains($"certificate   {AcmeProxy.Name}, until ", proxy.Program.Output, StringComparison.Ordinal);
        Assert.Contains($", self-signed: waiting for 127.0.0.1:{pebble.Port}\n", proxy.Program.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"There is no certificate yet: requesting one from 127.0.0.1:{pebble.Port} (tls-alpn-01, http-01)",
            proxy.Program.Errors,
            StringComparison.Ordinal);
        using (var before = await proxy.SeenAsync())
            Assert.Equal("CN=Throw-away CA", before.Issuer);
        gate.Open();
        await proxy.IssuedAsync();
        await proxy.TrustedAsync(pebble);
        Assert.Equal(1, AcmeProxy.Orders(pebble));
    }

    [Fact(Timeout = Bound.LongTest)]
    public Task By_HTTP_01_on_port_80() => IssuesAsync("challenges: [http-01]");

    [Fact(Timeout = Bound.LongTest)]
    public async Task By_HTTP_01_when_the_authority_cannot_reach_the_TLS_port()
    {
        using var nobody = LoopbackPort.Refusing(out var refusing);
        // A failed authorization invalidates its order (RFC 8555 section 7.1.6).
        var errors = await IssuesAsync(change: options => options with { TlsPort = refusing.Port }, orders: 2);
        Assert.Contains("tls-alpn-01 for proxy.heliograph.test failed: ", errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public Task For_an_address() => IssuesAsync(domains: "127.0.0.1", served: ["127.0.0.1"]);

    [Fact(Timeout = Bound.LongTest)]
    public Task For_several_names_with_half_of_the_nonces_rejected() => IssuesAsync(
        domains: "one.heliograph.test, two.heliograph.test, 127.0.0.1",
        served: ["one.heliograph.test", "two.heliograph.test", "127.0.0.1"],
        change: static options => options with { NonceRejectPercent = 50 });

    [Fact(Timeout = Bound.LongTest)]
    public Task With_an_external_account() => IssuesAsync(
        "eab: { key_id: kid-1, hmac_key: zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W }",
        change: static options => options with
        {
            ExternalAccounts = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["kid-1"] = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W",
            },
        });

    [Fact(Timeout = Bound.LongTest)]
    public async Task For_a_wildcard_by_DNS_01_with_a_hook()
    {
        await using var proxy = new AcmeProxy { HasHttp = false };
        await using var pebble = await PebbleServer.StartAsync(proxy.Pebble);
        var hook = proxy.Directory.Write("hook", $$"""
            #!/bin/sh
            echo "$1 $2" >> "{{proxy.Directory["calls"]}}"
            case $1 in
                present) exec curl -fsS -d "{\"host\":\"$2\",\"value\":\"$3\"}" "{{pebble.SetTxtUrl}}" ;;
                cleanup) exec curl -fsS -d "{\"host\":\"$2\"}" "{{pebble.ClearTxtUrl}}" ;;
            esac

            """);
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        proxy.Configure(
            pebble,
            $"challenges: [dns-01]\ndns: {{ hook: \"{hook}\", visible_at: [\"{pebble.NameServer}\"], visible_timeout: 1s }}",
            "\"*.heliograph.test\"");
        await proxy.StartAsync();
        await proxy.IssuedAsync();
        await proxy.TrustedAsync(pebble, "any.heliograph.test");
        Assert.Contains(
            "share link    https://signal.tube/#NAME.heliograph.test, with any NAME\n",
            proxy.Program.Output,
            StringComparison.Ordinal);
        Assert.Equal(
            ["present _acme-challenge.heliograph.test.", "cleanup _acme-challenge.heliograph.test."],
            await File.ReadAllLinesAsync(proxy.Directory["calls"], Bound.Token));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task For_a_wildcard_by_DNS_01_with_RFC_2136()
    {
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        await using var bind = await BindServer.StartAsync("hmac-sha256", secret);
        await using var proxy = new AcmeProxy { HasHttp = false };
        await using var pebble = await PebbleServer.StartAsync(proxy.Pebble with { DnsServer = bind.Address.ToString() });
        proxy.Configure(
            pebble,
            $"challenges: [dns-01]\ndns: {{ rfc2136: {{ server: \"{bind.Address}\", key_name: {BindServer.KeyName}, key_secret: " +
            $"\"{secret}\" }} }}",
            $"\"*.{BindServer.Zone}\"");
        await proxy.StartAsync("--log-level", "trace");
        await proxy.IssuedAsync();
        await proxy.TrustedAsync(pebble, "any." + BindServer.Zone);
        Assert.DoesNotContain(secret, proxy.Program.AllOutput, StringComparison.Ordinal);
    }

    private static async Task<string> IssuesAsync(
        string acme = "",
        string domains = AcmeProxy.Name,
        string[]? served = null,
        Func<PebbleOptions, PebbleOptions>? change = null,
        int orders = 1)
    {
        await using var proxy = new AcmeProxy();
        await using var pebble = await PebbleServer.StartAsync(change?.Invoke(proxy.Pebble) ?? proxy.Pebble);
        proxy.Configure(pebble, acme, domains);
        await proxy.StartAsync();
        await proxy.IssuedAsync();
        foreach (var name in served ?? [AcmeProxy.Name])
            await proxy.TrustedAsync(pebble, name);
        Assert.Equal(orders, AcmeProxy.Orders(pebble));
        return proxy.Program.Errors;
    }
}
