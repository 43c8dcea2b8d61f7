using Heliograph.EndToEnd.Tests.Metrics;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Alerts;

/// <summary>The built program, monitoring itself.</summary>
public sealed class RunningServerTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly TestAuthority authority = new();

    public void Dispose()
    {
        authority.Dispose();
        directory.Dispose();
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_program_is_notified_of_an_expiring_certificate_once_even_across_restarts()
    {
        var (chain, key) = authority
            .IssueFor(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddMinutes(5), "localhost")
            .WriteTo(directory);
        var program = directory.Write("told", $"#!/bin/sh\necho \"$3\" >> {directory["messages"]}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var config = directory.Write("heliograph.yaml", $$"""
            domains: [localhost]
            listen: ["127.0.0.1:0"]
            http: { listen: [] }
            certificate: { source: files, chain: "{{chain}}", key: "{{key}}" }
            routes: { sets: [], hosts: { nobody-asks-for-this.example: "127.0.0.1:9" } }
            metrics: { listen: [] }
            alerts: { exec: "{{program}}", self_check: off }
            state_directory: "{{directory["state"]}}"

            """);
        await using (var first = await HeliographProcess.StartAsync(config, directory.Path))
        {
            await Polling.UntilAsync(
                () => File.Exists(directory["messages"]) && File.ReadAllText(directory["messages"]).EndsWith('\n'),
                Bound.Prompt * 2,
                "no alert was sent:\n" + first.Child.AllOutput);
            Assert.Contains("Alert: localhost: the certificate, valid until ", first.Child.Errors, StringComparison.Ordinal);
        }
        await using (var second = await HeliographProcess.StartAsync(config, directory.Path))
        {
            second.Child.Signal(Processes.SIGTERM);
            Assert.Equal(0, await second.Child.WaitForExitAsync(TimeSpan.FromSeconds(15)));
            Assert.DoesNotContain("Alert:", second.Child.Errors, StringComparison.Ordinal);
        }
        var message = Assert.Single(await File.ReadAllLinesAsync(directory["messages"], Bound.Token));
        Assert.StartsWith("localhost: the certificate, valid until ", message, StringComparison.Ordinal);
        Assert.EndsWith(
            ", was not renewed: check the program that renews the files in certificate.chain and certificate.key.",
            message,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task An_address_is_dialled_and_asked_for_the_domain()
    {
        // As every certificate of a public authority for a name: without the address.
        var (chain, key) = authority.Issue(TestKey.Ecdsa, "proxy.example").WriteTo(directory);
        var roots = directory.Write("roots.pem", authority.RootPem);
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, "chat.signal.org"), StandInBehaviour.EchoAsync);
        var here = LoopbackPort.Free();
        var config = directory.Write("heliograph.yaml", $$"""
            domains: [proxy.example]
            listen: ["{{here}}"]
            http: { listen: [] }
            certificate: { source: files, chain: "{{chain}}", key: "{{key}}" }
            routes: { sets: [], hosts: { chat.signal.org: "{{signal.Endpoint}}" } }
            metrics: { listen: ["127.0.0.1:0"] }
            alerts: { self_check: 10s, self_check_address: "{{here}}" }
            state_directory: "{{directory["state"]}}"

            """);
        await using var proxy = await HeliographProcess.StartAsync(
            config, directory.Path, wrapper: ["env", $"SSL_CERT_FILE={roots}"]);
        var metrics = new Uri(
            proxy.Child.Output.Split('\n').Single(static line => line.StartsWith("  metrics ", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1][..^"metrics".Length]);
        await Polling.UntilAsync(
            async () => (await Scrape.TakeAsync(metrics)).Text.Contains("\nheliograph_selfcheck_failures ", StringComparison.Ordinal),
            Bound.Prompt * 4,
            "no self-check ran");
        Assert.True((await Scrape.TakeAsync(metrics))["heliograph_selfcheck_failures"] == 0, proxy.Child.AllOutput);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task The_proxy_checks_itself_through_its_own_name_and_says_when_signal_is_out_of_reach()
    {
        Proxy.NeedsHeliograph();
        var roots = directory.Write("roots.pem", authority.RootPem);
        await using var signal = StandInSignal.Start(authority.Issue(TestKey.Ecdsa, "chat.signal.org"), StandInBehaviour.EchoAsync);
        var here = LoopbackPort.Free();
        var settings = new ProxySettings
        {
            Listen = here,
            Routes = ProxySettings.Route("chat.signal.org", signal.Endpoint),
            Metrics = EndpointTests.OnLoopback,
            More = $"alerts: {{ self_check: 10s, self_check_address: \"127.0.0.1:{here.Port}\" }}",
            Wrapper = ["env", $"SSL_CERT_FILE={roots}"],
        };
        await using var proxy = await Proxy.StartAsync(settings, authority);
        await Polling.UntilAsync(
            async () =>
                (await Scrape.TakeAsync(proxy.Monitoring)).Text.Contains("\nheliograph_selfcheck_failures ", StringComparison.Ordinal),
            Bound.Prompt * 4,
            "no self-check ran");
        var scrape = await Scrape.TakeAsync(proxy.Monitoring);
        Assert.True(scrape["heliograph_selfcheck_failures"] == 0, proxy.Program.AllOutput);
        // It has gone through the proxy to Signal, and is nobody's traffic.
        Assert.Equal(1, scrape["heliograph_upstream_dials_total{upstream=\"" + signal.Endpoint + "\",outcome=\"connected\"}"]);
        Assert.Equal(0, scrape["heliograph_route_connections_total{route=\"chat.signal.org\"}"]);
        Assert.Equal(0, scrape["heliograph_connections_accepted_total"]);
        Assert.Equal(0, scrape["heliograph_relay_io_bytes_total{direction=\"up\"}"]);

        await signal.DisposeAsync();
        var line = await proxy.Program.WaitForLineAsync(
            static line => line.Contains("Self-check failed: ", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Contains("this machine cannot reach Signal", line, StringComparison.Ordinal);
    }
}
