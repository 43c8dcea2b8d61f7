using System.Net;
using Heliograph.EndToEnd.Tests.Certificates;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;
using Heliograph.Testing.Pebble;

namespace Heliograph.EndToEnd.Tests.Network;

/// <summary>
/// A machine whose IPv6 leads nowhere, and hosts that have addresses of both families: in a private /etc/hosts, <c>localhost</c> is
/// ::1, where nobody answers, and 127.0.0.1.
/// </summary>
public sealed class BrokenIpv6Tests : IDisposable
{
    private readonly TempDirectory files = new();

    public void Dispose() => files.Dispose();

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_certificate_is_ordered_all_the_same()
    {
        PrivateMounts.Need();
        await using var proxy = new AcmeProxy { HasHttp = false };
        await using var pebble = await PebbleServer.StartAsync(proxy.Pebble);
        using var silent = new SilentListener(new(IPAddress.IPv6Loopback, pebble.Port));
        proxy.Configure(pebble);
        var config = await File.ReadAllTextAsync(proxy.Config, Bound.Token);
        await File.WriteAllTextAsync(
            proxy.Config, config.Replace("https://127.0.0.1:", "https://localhost:", StringComparison.Ordinal), Bound.Token);
        await using var program = await HeliographProcess.StartAsync(proxy.Config, proxy.Directory.Path, wrapper: BothFamilies);
        await program.Child.WaitForLineAsync(
            static line => line.Contains("New certificate: ", StringComparison.Ordinal), AcmeProxy.Issued);
        Assert.DoesNotContain("No new certificate", program.Child.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_webhook_is_called_all_the_same()
    {
        PrivateMounts.Need();
        using var authority = new TestAuthority();
        await using var receiver = new FakeReceiver(authority.Issue(TestKey.Ecdsa, "localhost"), "200 OK");
        using var silent = new SilentListener(new(IPAddress.IPv6Loopback, receiver.Endpoint.Port));
        var config = files.Write("heliograph.yaml", $$"""
            domains: [proxy.example.org]
            alerts: { webhook: "https://localhost:{{receiver.Endpoint.Port}}/" }

            """);
        var (code, output, errors) = await ChildProcess.RunAsync(
            BothFamilies[0],
            [.. BothFamilies.Skip(1), HeliographProcess.Program, "alerts", "test", "--config", config],
            TimeSpan.FromSeconds(60),
            environment: new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["SSL_CERT_FILE"] = files.Write("root.pem", authority.RootPem),
            });
        Assert.Equal((0, "alerts.webhook at localhost: delivered\n", ""), (code, output, errors));
        Assert.Equal(1, receiver.Count);
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task Metrics_are_sent_by_OTLP_all_the_same()
    {
        PrivateMounts.Need();
        await using var collector = new FakeReceiver(certificate: null, "200 OK");
        using var silent = new SilentListener(new(IPAddress.IPv6Loopback, collector.Endpoint.Port));
        await using var proxy = await Proxy.StartAsync(new ProxySettings
        {
            Wrapper =
            [
                .. BothFamilies,
                "env", $"OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:{collector.Endpoint.Port}",
                "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_METRIC_EXPORT_INTERVAL=500",
            ],
        });
        Assert.Equal("POST /v1/metrics HTTP/1.1", (await collector.NextAsync()).RequestLine);
        Assert.DoesNotContain("Cannot send metrics", proxy.Program.Errors, StringComparison.Ordinal);
    }

    private IReadOnlyList<string> BothFamilies =>
        PrivateMounts.Over("/etc/hosts", files.Write("hosts", "::1 localhost\n127.0.0.1 localhost\n"));
}
