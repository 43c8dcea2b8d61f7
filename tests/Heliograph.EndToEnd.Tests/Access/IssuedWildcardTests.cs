using Heliograph.EndToEnd.Tests.Certificates;
using Heliograph.EndToEnd.Tests.Relay;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Pebble;

namespace Heliograph.EndToEnd.Tests.Access;

/// <summary>Unlisted names under a wildcard that Pebble issues by DNS-01, with a hook.</summary>
[Trait("Needs", "server")]
public sealed class IssuedWildcardTests
{
    private const string Signal = "chat.signal.org";

    [Fact(Timeout = Bound.UpgradeTest)]
    public async Task Two_groups_come_by_their_names_one_is_revoked_under_traffic_and_one_is_rotated()
    {
        using var authority = new TestAuthority();
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, Signal), StandInBehaviour.EchoAsync);
        await using var proxy = new AcmeProxy { HasHttp = false };
        await using var pebble = await PebbleServer.StartAsync(proxy.Pebble);
        var hook = proxy.Directory.Write("hook", $$"""
            #!/bin/sh
            case $1 in
                present) exec curl -fsS -d "{\"host\":\"$2\",\"value\":\"$3\"}" "{{pebble.SetTxtUrl}}" ;;
                cleanup) exec curl -fsS -d "{\"host\":\"$2\"}" "{{pebble.ClearTxtUrl}}" ;;
            esac

            """);
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        proxy.Configure(
            pebble,
            $"challenges: [dns-01]\ndns: {{ hook: \"{hook}\", visible_at: [\"{pebble.NameServer}\"], visible_timeout: 1s }}",
            "\"heliograph.test\", \"*.heliograph.test\"",
            $"{Signal}: \"{signal.Endpoint}\"",
            "access: { mode: unlisted }");
        await proxy.StartAsync("--log-level", "trace");
        await proxy.IssuedAsync();
        var groups = new Groups(proxy.Config);
        var family = await groups.LinkAsync("new", "smiths");
        var friends = await groups.LinkAsync("new", "climbers");
        await proxy.TrustedAsync(pebble, family);
        await proxy.TrustedAsync(pebble, "heliograph.test");

        await using var one = await TlsInTlsClient.ConnectAsync(Client(proxy, authority, family), Bound.Token);
        await using var other = await TlsInTlsClient.ConnectAsync(Client(proxy, authority, friends), Bound.Token);
        var traffic = Task.Run(() => Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            for (var round = 0; ; round++)
                await Echo.RoundTripAsync(one.Inner, round, 50_000);
        }), Bound.Token);
        Assert.Equal(0, (await groups.RunAsync("revoke", "smiths")).ExitCode);
        await traffic.WaitAsync(Bound.Prompt, Bound.Token);

        var latest = await groups.LinkAsync("rotate", "climbers", "--grace", "1h");
        await Echo.RoundTripAsync(other.Inner, 1, 50_000);
        foreach (var name in new[] { friends, latest })
        {
            await using var client = await TlsInTlsClient.ConnectAsync(Client(proxy, authority, name), Bound.Token);
            await Echo.RoundTripAsync(client.Inner, 2, 1000);
        }
        await proxy.StopAsync();
        var labels = new[] { family, friends, latest }.Select(static name => name.Split('.')[0]);
        foreach (var secret in labels.Append("smiths").Append("climbers"))
            Assert.DoesNotContain(secret, proxy.Program.AllOutput, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Pebble's certificate is checked above.</summary>
    private static TlsInTlsOptions Client(AcmeProxy proxy, TestAuthority authority, string name) => new()
    {
        Proxy = proxy.Tls,
        Authority = authority,
        OuterName = name,
        AcceptsAnyOuterName = true,
        InnerName = Signal,
    };
}
