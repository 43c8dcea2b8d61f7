using System.Net;
using System.Net.Sockets;
using System.Text;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.EndToEnd.Tests.Relay;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Metrics;

/// <summary><c>metrics.listen</c>: what the built program serves there.</summary>
public sealed class EndpointTests
{
    public const string OnLoopback = "listen: [\"127.0.0.1:0\"]";

    [Fact(Timeout = Bound.Test)]
    public async Task Outcomes_of_connections_are_counted_and_nothing_identifies_a_client()
    {
        Proxy.NeedsHeliograph();
        using var authority = new TestAuthority();
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, "chat.signal.org"), StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                Routes = ProxySettings.Route("chat.signal.org", signal.Endpoint),
                Metrics = OnLoopback,
                Limits = "max_connections: 77",
            },
            authority);
        await using (var client = await TlsInTlsClient.ConnectAsync(proxy.Client("chat.signal.org"), Bound.Token))
            await Echo.RoundTripAsync(client.Inner, seed: 1, 100_000);
        _ = await Visitor.AnswerAsync(proxy.Client("unused.example"), Encoding.ASCII.GetBytes(Visitor.Request));
        _ = await Visitor.AnswerAsync(proxy.Client("unused.example"), await InnerHello.ForAsync("new-host.signal.org"));
        _ = await Visitor.AnswerAsync(proxy.Client("unused.example"), await InnerHello.ForAsync("elsewhere.example"));
        await Polling.UntilAsync(
            async () => (await Scrape.TakeAsync(proxy.Monitoring))["heliograph_connections_active"] == 0,
            Bound.Prompt,
            "an ended connection still counts as open");

        var scrape = await Scrape.TakeAsync(proxy.Monitoring);
        Assert.Equal(1, scrape["heliograph_connections_ended_total{outcome=\"relayed\"}"]);
        Assert.Equal(1, scrape["heliograph_connections_ended_total{outcome=\"decoy_no_hello\"}"]);
        Assert.Equal(2, scrape["heliograph_connections_ended_total{outcome=\"decoy_denied_name\"}"]);
        Assert.Equal(0, scrape["heliograph_connections_ended_total{outcome=\"refused\"}"]);
        Assert.Equal(1, scrape["heliograph_connections_unlisted_total"]);
        Assert.Equal(77, scrape["heliograph_connections_limit"]);
        Assert.InRange(scrape["heliograph_relay_io_bytes_total{direction=\"up\"}"], 100_000, 200_000);
        Assert.InRange(scrape["heliograph_relay_io_bytes_total{direction=\"down\"}"], 100_000, 200_000);
        using var certificate = proxy.Certificate.Load();
        Assert.Equal(
            new DateTimeOffset(certificate.NotAfter).ToUnixTimeSeconds(), scrape["heliograph_certificate_expiry_timestamp_seconds"]);
        Assert.Equal(1, scrape["heliograph_ready"]);
        Assert.DoesNotContain("new-host", scrape.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere", scrape.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Promtool_has_no_complaints_about_the_text()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(new ProxySettings { Metrics = OnLoopback });
        var file = proxy.Directory.Write("metrics.txt", (await Scrape.TakeAsync(proxy.Monitoring)).Text);
        var (code, output, errors) = await ChildProcess.RunAsync(
            "sh", ["-c", "exec promtool check metrics < \"$1\"", "sh", file], PrometheusTests.ToolBound);
        Assert.Equal((0, "", ""), (code, output, errors));
        // Proof that it would complain: a metric without a help text.
        var bad = proxy.Directory.Write("bad.txt", "no_help 1\n");
        var (badCode, _, _) = await ChildProcess.RunAsync(
            "sh", ["-c", "exec promtool check metrics < \"$1\"", "sh", bad], PrometheusTests.ToolBound);
        Assert.NotEqual(0, badCode);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_running_server_is_alive_and_ready_and_stays_alive_while_it_drains()
    {
        Proxy.NeedsHeliograph();
        using var authority = new TestAuthority();
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, "chat.signal.org"), StandInBehaviour.EchoAsync);
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings { Routes = ProxySettings.Route("chat.signal.org", signal.Endpoint), Metrics = OnLoopback }, authority);
        var monitoring = proxy.Monitoring;
        Assert.Equal((HttpStatusCode.OK, "text/plain; charset=utf-8", "ok\n"), await Scrape.GetAsync(monitoring, "healthz"));
        Assert.Equal((HttpStatusCode.OK, "text/plain; charset=utf-8", "ready\n"), await Scrape.GetAsync(monitoring, "readyz"));

        await using (var client = await TlsInTlsClient.ConnectAsync(proxy.Client("chat.signal.org"), Bound.Token))
        {
            proxy.Program.Signal(Processes.SIGTERM);
            await proxy.Program.WaitForLineAsync(static line => line.Contains("Stopping", StringComparison.Ordinal), Bound.Prompt);
            await Polling.UntilAsync(
                async () => (await Scrape.GetAsync(monitoring, "readyz")).Status == HttpStatusCode.ServiceUnavailable,
                Bound.Prompt,
                "a draining server reports ready");
            Assert.Equal(
                "not ready: the server is stopping and accepts no new connections\n",
                (await Scrape.GetAsync(monitoring, "readyz")).Text);
            Assert.Equal(HttpStatusCode.OK, (await Scrape.GetAsync(monitoring, "healthz")).Status);
            Assert.Equal(0, (await Scrape.TakeAsync(monitoring))["heliograph_ready"]);
        }
        Assert.Equal(0, await proxy.Program.WaitForExitAsync(TimeSpan.FromSeconds(15)));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_server_without_a_certificate_is_not_ready_and_says_why()
    {
        using var nobody = LoopbackPort.Refusing(out var down);
        using var directory = new TempDirectory();
        await using var program = await HeliographProcess.StartAsync(
            directory.Write("heliograph.yaml", $$"""
                domains: [proxy.example.org]
                listen: ["127.0.0.1:0"]
                http: { listen: [] }
                acme: { directory: "https://{{down}}/dir" }
                metrics: { listen: ["127.0.0.1:0"] }
                state_directory: "{{directory["state"]}}"

                """),
            directory.Path);
        var monitoring = MonitoringOf(program.Child);
        await Polling.UntilAsync(
            async () => (await Scrape.GetAsync(monitoring, "readyz")).Text.Contains("the last attempt failed: ", StringComparison.Ordinal),
            Bound.Prompt * 2,
            "no failure is reported");
        var (status, _, text) = await Scrape.GetAsync(monitoring, "readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.StartsWith("not ready: there is no certificate yet; the last attempt failed: ", text, StringComparison.Ordinal);
        Assert.Equal(1, text.Count(static c => c == '\n'));
        var scrape = await Scrape.TakeAsync(monitoring);
        Assert.Equal((0, 1), (scrape["heliograph_ready"], scrape["heliograph_certificate_failures"]));
        Assert.DoesNotContain("heliograph_certificate_expiry", scrape.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Scrape.GetAsync(monitoring, "healthz")).Status);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Every_other_request_gets_an_error()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(new ProxySettings { Metrics = OnLoopback });
        Assert.Equal(HttpStatusCode.NotFound, (await Scrape.GetAsync(proxy.Monitoring, "index.html")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Scrape.GetAsync(proxy.Monitoring, "metrics/")).Status);
        using var client = new HttpClient();
        using var posted = await client.PostAsync(new Uri(proxy.Monitoring, "metrics"), new StringContent("x"), Bound.Token);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Scrape.GetAsync(proxy.Monitoring, "metrics?x=y")).Status);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task A_configured_port_in_use_ends_the_start_with_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var directory = new TempDirectory();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["HELIOGRAPH__METRICS__LISTEN"] = taken.LocalEndpoint.ToString(),
        };
        var (code, output, errors) = await BuiltProgram.RunAsync(
            environment,
            "run",
            "--domain",
            "localhost",
            "--certificate-source",
            "self-signed",
            "--listen",
            "127.0.0.1:0",
            "--http-listen",
            "none",
            "--state-directory",
            directory["state"]);
        Assert.Equal((1, ""), (code, output));
        Assert.Equal(
            $"heliograph: Another program already listens on {taken.LocalEndpoint}; stop it, choose another address for metrics.listen, " +
            $"or set metrics.listen to [] to run without it.\n",
            errors);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task An_address_reachable_from_other_machines_causes_a_warning()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(new ProxySettings { Metrics = "listen: [\"0.0.0.0:0\"]" });
        var line = await proxy.Program.WaitForLineAsync(
            static line => line.Contains("Other machines can read the metrics on ", StringComparison.Ordinal), Bound.Prompt);
        Assert.Contains("set metrics.listen to an address on 127.0.0.1", line, StringComparison.Ordinal);
    }

    private static Uri MonitoringOf(ChildProcess program) =>
        new(
            program
                .Output.Split('\n')
                .Single(static line => line.StartsWith("  metrics ", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
}
