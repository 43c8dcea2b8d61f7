using System.Security.Cryptography;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Checking;

/// <summary>What <c>heliograph check</c> says about a proxy's post-quantum key exchange.</summary>
public class KeyExchangeTests
{
    private const long FirstPostQuantum = 0x30500000;

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_proxy_has_the_key_exchange_that_its_OpenSSL_has()
    {
        Proxy.NeedsHeliograph();
        await using var check = new CheckedProxy();
        await using var proxy = await Proxy.StartAsync(new ProxySettings { Routes = check.Routes() }, check.Authority);

        var run = await check.RunAsync(proxy.Endpoint, "--json", "--route", "chat.signal.org");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            SafeEvpPKeyHandle.OpenSslVersion >= FirstPostQuantum ? "post_quantum" : "classical",
            run.Outcomes("key_exchange")["X25519MLKEM768"]);
    }

    [Theory(Timeout = Bound.LongTest)]
    [InlineData(0x11ec, "post_quantum")]
    [InlineData(0x001d, "classical")]
    public async Task A_server_that_asks_for_the_key_has_it(int group, string outcome)
    {
        await using var check = new CheckedProxy();
        await using var server = await RetryingServer.StartAsync(check, (ushort)group);

        var run = await check.RunAsync(server.Endpoint, "--json", "--route", "chat.signal.org");

        Assert.Equal(outcome, run.Outcomes("key_exchange")["X25519MLKEM768"]);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task What_is_missing_is_said_in_the_table()
    {
        await using var check = new CheckedProxy();
        await using var server = await RetryingServer.StartAsync(check, 0x001d);

        var run = await check.RunAsync(server.Endpoint, "--route", "chat.signal.org");

        Assert.Contains(
            "no X25519MLKEM768: Debian 13, Ubuntu 26.04 and the container have it; Russia is reported to block names without it",
            string.Join(' ', run.Output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
    }
}
