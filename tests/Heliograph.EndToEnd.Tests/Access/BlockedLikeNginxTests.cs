using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Nginx;

namespace Heliograph.EndToEnd.Tests.Access;

/// <summary>
/// Probes of a proxy that blocks where they come from, and of a real nginx with the same certificate and the same pages: whatever is
/// inside, a hello for Signal too, has the answer of nginx, in the time of garbage.
/// </summary>
[Trait("Needs", "server")]
public sealed class BlockedLikeNginxTests(ITestOutputHelper output)
{
    private const string Signal = "chat.signal.org";
    private const int Rounds = 500;

    [Fact(Timeout = Bound.UpgradeTest)]
    public async Task Whoever_is_blocked_has_the_answer_of_nginx_whatever_is_inside_and_a_hello_for_Signal_the_time_of_garbage()
    {
        Proxy.NeedsHeliograph();
        Assert.SkipUnless(ComparedNginx.IsInstalled, "nginx is not installed (Debian: apt-get install nginx)");
        using var authority = new TestAuthority();
        using var site = new TempDirectory();
        site.Write("index.html", NginxSite.FrontPage);
        // nginx's worker must be able to read it.
        File.SetUnixFileMode(site.Path, (UnixFileMode)0b111_101_101);
        using var lists = new TempDirectory();
        lists.Write("block.netset", "127.0.0.0/8\n");
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, Signal), StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                Routes = ProxySettings.Route(Signal, signal.Endpoint),
                Decoy = $"directory: \"{site.Path}\", like: {ComparedNginx.Profile}",
                Limits = "max_connections_per_source: off",
                More = $"sources: {{ block: [\"{lists["block.netset"]}\"], block_private: true }}",
            },
            authority);
        await using var nginx = await NginxWithCertbotsOptions.StartAsync(
            proxy.Certificate, $"{ComparedNginx.ServerTokens} root {site.Path}; gzip on; types {{ text/html html; }}");
        var probes = await Probe.AllAsync([Proxy.Name, null]);

        var seed = TestSeed.Get("Probes of a blocked source");
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

        // The comparison is worth something only if who is no longer blocked reaches Signal.
        lists.Write("block.netset", "# nobody\n");
        await Polling.UntilAsync(async () =>
        {
            try
            {
                await using var client = await TlsInTlsClient.ConnectAsync(proxy.Client(Signal), Bound.Token);
                return true;
            }
            catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
            {
                return false;
            }
        }, TimeSpan.FromSeconds(30), "the changed list was not read");
    }
}
