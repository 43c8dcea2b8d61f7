using System.Net;
using System.Text;
using Heliograph.Metrics;
using Heliograph.Testing;
using Heliograph.Testing.Nginx;

namespace Heliograph.EndToEnd.Tests.Metrics;

/// <summary>OTLP, configured by OpenTelemetry's own variables, to a fake collector that parses what it receives.</summary>
public sealed class OtlpTests
{
    [Fact(Timeout = Bound.LongTest)]
    public async Task Every_instrument_is_sent_to_the_configured_collector()
    {
        Proxy.NeedsHeliograph();
        await using var collector = new FakeReceiver(certificate: null, "200 OK");
        await using var proxy = await Proxy.StartAsync(new ProxySettings
        {
            Metrics = EndpointTests.OnLoopback,
            Wrapper =
            [
                "env", $"OTEL_EXPORTER_OTLP_ENDPOINT=http://{collector.Endpoint}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
                "OTEL_METRIC_EXPORT_INTERVAL=500",
                "OTEL_SERVICE_NAME=my-proxy", "OTEL_RESOURCE_ATTRIBUTES=deployment.environment.name=here",
            ],
        });
        ReadOnlyMemory<byte> resourceMetrics;
        do
        {
            var post = await collector.NextAsync();
            Assert.Equal("POST /v1/metrics HTTP/1.1", post.RequestLine);
            // opentelemetry-proto: ExportMetricsServiceRequest.resource_metrics = 1.
            resourceMetrics = Protobuf.Fields(post.Body, 1).Single();
        }
        // The exporter's timer starts before it has found the meter: on a busy machine the first post may be empty.
        while (Protobuf.Fields(resourceMetrics, 2).Count == 0);
        // ResourceMetrics: resource = 1, scope_metrics = 2; Resource.attributes = 1; KeyValue: key = 1, value = 2;
        // AnyValue.string_value = 1.
        var attributes = Protobuf
            .Fields(Protobuf.Fields(resourceMetrics, 1).Single(), 1)
            .ToDictionary(
                static pair => Protobuf.Text(pair, 1),
                static pair => Protobuf.Text(Protobuf.Fields(pair, 2).Single(), 1),
                StringComparer.Ordinal);
        Assert.Equal(("my-proxy", "here"), (attributes["service.name"], attributes["deployment.environment.name"]));
        Assert.DoesNotContain(attributes.Keys, static name => name.StartsWith("host.", StringComparison.Ordinal));
        // ScopeMetrics: scope = 1, metrics = 2; InstrumentationScope.name = 1; Metric: name = 1, unit = 3.
        var scope = Protobuf.Fields(resourceMetrics, 2).Single();
        Assert.Equal("Heliograph", Protobuf.Text(Protobuf.Fields(scope, 1).Single(), 1));
        var sent = Protobuf.Fields(scope, 2).Select(static metric => Protobuf.Text(metric, 1)).ToList();
        Assert.Contains("heliograph.connections.ended", sent);
        // The same instruments that Prometheus sees, of those that have a value.
        var scraped = (await Scrape.TakeAsync(proxy.Monitoring))
            .Text.Split('\n')
            .Count(static line => line.StartsWith("# TYPE ", StringComparison.Ordinal));
        Assert.Equal(scraped, sent.Count);
    }

    [Theory(Timeout = Bound.LongTest)]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task An_unreachable_collector_is_logged_and_delays_nothing(string protocol)
    {
        Proxy.NeedsHeliograph();
        using var nobody = LoopbackPort.Refusing(out var down);
        await using var proxy = await Proxy.StartAsync(
            new ProxySettings
            {
                Wrapper =
                [
                    "env",
                    $"OTEL_EXPORTER_OTLP_ENDPOINT=http://{down}",
                    $"OTEL_EXPORTER_OTLP_PROTOCOL={protocol}",
                    "OTEL_METRIC_EXPORT_INTERVAL=200",
                ],
            });
        var line = await proxy.Program.WaitForLineAsync(
            static line => line.Contains("Cannot send metrics by OTLP", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Contains(
            $"no connection (IPv4: connection refused) ({down}); check OTEL_EXPORTER_OTLP_ENDPOINT", line, StringComparison.Ordinal);
        proxy.Program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await proxy.Program.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Single(
            proxy.Program.Errors.Split('\n'), static line => line.Contains("Cannot send metrics by OTLP", StringComparison.Ordinal));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_collector_that_refuses_the_metrics_is_logged_with_its_answer()
    {
        await using var collector = new FakeReceiver(certificate: null, "401 Unauthorized");
        Assert.Contains(
            "retrying: the collector answers 401 Unauthorized; check",
            await FirstTroubleAsync(collector.Endpoint, "http/protobuf"),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.LongTest)]
    [Trait("Needs", "server")]
    public async Task A_collector_that_refuses_the_metrics_by_gRPC_is_logged_with_its_status()
    {
        Assert.SkipUnless(ComparedNginx.IsInstalled, "nginx is not installed");
        var endpoint = LoopbackPort.Free();
        await using var collector = await NginxProcess.StartAsync(
            NginxProcess.CreatePrefix(),
            $"server {{ listen {endpoint} http2; default_type application/grpc; location / {{ add_header grpc-status 16; return 200; }} }}",
            top: "",
            [endpoint.ToString()]);
        Assert.Contains(
            "retrying: the collector answers with gRPC status 16; check",
            await FirstTroubleAsync(endpoint, "grpc"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_ENDPOINT=https://x", "OTEL_METRIC_EXPORT_INTERVAL=1")]
    [InlineData("!OTEL_EXPORTER_OTLP_PROTOCOL=http")]
    [InlineData("!OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/json")]
    [InlineData("!OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4317", "!OTEL_EXPORTER_OTLP_TIMEOUT=10s")]
    [InlineData("!OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=127.0.0.1:4317", "!OTEL_METRIC_EXPORT_INTERVAL=0")]
    public void A_variable_that_OpenTelemetry_cannot_use_is_named(params string[] variables)
    {
        var environment = variables
            .Select(static variable => variable.TrimStart('!').Split('=', 2))
            .ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal);
        Assert.Equal(
            variables.Where(static variable => variable[0] == '!').Select(static variable => variable[1..].Split('=')[0])
                .Order(StringComparer.Ordinal),
            OtlpVariables.Unusable(name => environment.GetValueOrDefault(name)).Select(static found => found.Name)
                .Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = Bound.LongTest)]
    public async Task A_variable_that_OpenTelemetry_cannot_use_is_logged_with_what_is_allowed()
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(new ProxySettings
        {
            Wrapper = ["env", "OTEL_METRICS_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_PROTOCOL=http"],
        });
        await proxy.Program.WaitForLineAsync(
            static line => line.Contains(
                "OpenTelemetry cannot use OTEL_EXPORTER_OTLP_PROTOCOL; allowed: grpc, http/protobuf", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(false, "OTEL_SERVICE_NAME=x")]
    [InlineData(true, "OTEL_EXPORTER_OTLP_ENDPOINT=http://x")]
    [InlineData(true, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://x")]
    [InlineData(true, "OTEL_METRICS_EXPORTER=otlp")]
    [InlineData(true, "OTEL_METRICS_EXPORTER=prometheus, otlp")]
    [InlineData(false, "OTEL_METRICS_EXPORTER=none", "OTEL_EXPORTER_OTLP_ENDPOINT=http://x")]
    [InlineData(false, "OTEL_METRICS_EXPORTER=prometheus", "OTEL_EXPORTER_OTLP_ENDPOINT=http://x")]
    [InlineData(false, "OTEL_SDK_DISABLED=TRUE", "OTEL_METRICS_EXPORTER=otlp")]
    [InlineData(true, "OTEL_SDK_DISABLED=false", "OTEL_METRICS_EXPORTER=otlp")]
    [InlineData(false, "OTEL_EXPORTER_OTLP_ENDPOINT=")]
    public void It_is_created_only_if_a_variable_requests_it(bool expected, params string[] variables)
    {
        var environment = variables
            .Select(static variable => variable.Split('=', 2))
            .ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal);
        Assert.Equal(expected, OtlpExport.IsConfigured(name => environment.GetValueOrDefault(name)));
    }

    /// <returns>What the log says about the first export that failed.</returns>
    private static async Task<string> FirstTroubleAsync(IPEndPoint collector, string protocol)
    {
        Proxy.NeedsHeliograph();
        await using var proxy = await Proxy.StartAsync(new ProxySettings
        {
            Wrapper =
            [
                "env", $"OTEL_EXPORTER_OTLP_ENDPOINT=http://{collector}", $"OTEL_EXPORTER_OTLP_PROTOCOL={protocol}",
                "OTEL_METRIC_EXPORT_INTERVAL=200",
            ],
        });
        return await proxy.Program.WaitForLineAsync(
            static line => line.Contains("Cannot send metrics by OTLP", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
    }

    /// <summary>Enough of the wire format (protobuf.dev/programming-guides/encoding) to walk through a message.</summary>
    private static class Protobuf
    {
        public static string Text(ReadOnlyMemory<byte> message, int field) => Encoding.UTF8.GetString(Fields(message, field).Single().Span);

        /// <summary>The length-delimited fields with this number.</summary>
        public static List<ReadOnlyMemory<byte>> Fields(ReadOnlyMemory<byte> message, int field)
        {
            var found = new List<ReadOnlyMemory<byte>>();
            while (!message.IsEmpty)
            {
                var tag = Varint(ref message);
                var length = (tag & 7) switch
                {
                    0 => SkippedVarint(ref message),
                    1 => 8,
                    2 => (int)Varint(ref message),
                    5 => 4,
                    var type => throw new InvalidDataException($"wire type {type}"),
                };
                if (tag >> 3 == (ulong)field && (tag & 7) == 2)
                    found.Add(message[..length]);
                message = message[length..];
            }
            return found;
        }

        private static int SkippedVarint(ref ReadOnlyMemory<byte> message)
        {
            _ = Varint(ref message);
            return 0;
        }

        private static ulong Varint(ref ReadOnlyMemory<byte> message)
        {
            var value = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                var b = message.Span[0];
                message = message[1..];
                value |= (ulong)(b & 0x7f) << shift;
                if (b < 0x80)
                    return value;
            }
        }
    }
}
