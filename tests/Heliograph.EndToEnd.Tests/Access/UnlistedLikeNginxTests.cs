using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Nginx;

namespace Heliograph.EndToEnd.Tests.Access;

/// <summary>
/// Two thousand probes of a proxy with unlisted names, and of a real nginx with the same certificate and the same pages: outer names of all
/// shapes that are nobody's, and inside them what a prober sends to find out.
/// </summary>
[Trait("Needs", "server")]
public sealed class UnlistedLikeNginxTests(ITestOutputHelper output)
{
    private const string Signal = "chat.signal.org";
    private const int Rounds = 2000;

    [Fact(Timeout = Bound.UpgradeTest)]
    public async Task Whatever_comes_under_a_name_that_is_nobodys_has_the_answer_of_nginx_and_a_hello_for_Signal_the_time_of_garbage()
    {
        Proxy.NeedsHeliograph();
        Assert.SkipUnless(ComparedNginx.IsInstalled, "nginx is not installed (Debian: apt-get install nginx)");
        using var authority = new TestAuthority();
        using var site = new TempDirectory();
        site.Write("index.html", NginxSite.FrontPage);
        // nginx's worker must be able to read it.
        File.SetUnixFileMode(site.Path, (UnixFileMode)0b111_101_101);
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, Signal), StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                Domains = [Groups.Domain, "*." + Groups.Domain],
                Routes = ProxySettings.Route(Signal, signal.Endpoint),
                Decoy = $"directory: \"{site.Path}\", like: {ComparedNginx.Profile}",
                Limits = "max_connections_per_source: off",
                More = "access: { mode: unlisted }",
            },
            authority);
        await using var nginx = await NginxWithCertbotsOptions.StartAsync(
            proxy.Certificate, $"{ComparedNginx.ServerTokens} root {site.Path}; gzip on; types {{ text/html html; }}");
        var groups = new Groups(proxy.Config);
        var live = await groups.LinkAsync("new", "family");
        var revoked = await groups.LinkAsync("new", "friends");
        await groups.RunAsync("revoke", "friends");
        var probes = await ProbesAsync(live, revoked);

        var seed = TestSeed.Get("Probes of unlisted names");
        // Again, because of a hundred such runs one fails by chance, and of a million one fails three times.
        for (var attempt = 1; ; attempt++)
        {
            var times = await Task.Factory.StartNew(
                () => ProbeRun.Measure(probes, proxy.Endpoint, nginx.EndPoint, new Random(seed + attempt), Rounds), Bound.Token,
                TaskCreationOptions.LongRunning, TaskScheduler.Default);
            output.WriteLine($"{TestSeed.Variable}={seed}, attempt {attempt}: {times.Describe()}");
            if (times.Chance >= 0.01)
                break;
            Assert.True(attempt < 3, times.Describe());
        }
        Assert.Equal(0, signal.Accepted);
        // The comparison is worth something only if the live name does lead to Signal.
        await using var client = await TlsInTlsClient.ConnectAsync(proxy.Client(Signal) with { OuterName = live }, Bound.Token);
    }

    private static Task<Probe[]> ProbesAsync(string live, string revoked)
    {
        var label = live.Split('.')[0];
        string?[] names =
        [
            Groups.Domain, "www." + Groups.Domain, revoked, "app-bcdfghjklm." + Groups.Domain, label, label + ".other.test", "www." + live,
            live + ".", live + "..", "." + live, live.ToUpperInvariant() + "x", Groups.Domain.ToUpperInvariant(), live + "\u0001",
            "127.0.0.1", "::1", "*." + Groups.Domain, "_" + live, new string('a', 63) + "." + Groups.Domain, null,
        ];
        return Probe.AllAsync(names);
    }
}
