using System.Net;
using System.Text.Json;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Metrics;

/// <summary>Debian's Prometheus, scraping one target as documented.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(30);

    private readonly TempDirectory directory = new();
    private readonly HttpClient client = new();
    private readonly IPEndPoint endpoint = LoopbackPort.Free();
    private ChildProcess? program;

    /// <summary>Starts it and waits for two scrapes, so that rates exist.</summary>
    public static async Task<PrometheusServer> StartAsync(Uri target, string rules)
    {
        var server = new PrometheusServer();
        try
        {
            var config = server.directory.Write("prometheus.yml", $$"""
                global: { scrape_interval: 1s, evaluation_interval: 1s }
                scrape_configs:
                  - job_name: heliograph
                    static_configs:
                      - targets: ["{{target.Authority}}"]
                rule_files:
                  - {{rules}}

                """
            );
            server.program = ChildProcess.Start(
                "prometheus",
                [
                    $"--config.file={config}",
                    $"--storage.tsdb.path={server.directory["data"]}",
                    $"--web.listen-address={server.endpoint}",
                    "--log.level=warn",
                ],
                server.directory.Path);
            await Polling.UntilAsync(server.HasRatesAsync, StartBound, "Prometheus does not scrape");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The series that a query returns; throws if the query is invalid.</summary>
    public async Task<IReadOnlyList<JsonElement>> QueryAsync(string query)
    {
        using var response = await client.GetAsync(
            new Uri($"http://{endpoint}/api/v1/query?query={Uri.EscapeDataString(query)}"),
            Bound.Token);
        var text = await response.Content.ReadAsStringAsync(Bound.Token);
        Assert.True(response.IsSuccessStatusCode, $"{query}: {text}");
        return [.. JsonDocument.Parse(text).RootElement.GetProperty("data").GetProperty("result").EnumerateArray()];
    }

    public async ValueTask DisposeAsync()
    {
        if (program is not null)
            await program.DisposeAsync();
        client.Dispose();
        directory.Dispose();
    }

    private async Task<bool> HasRatesAsync()
    {
        Assert.False(program!.HasExited, program.AllOutput);
        try
        {
            using var ready = await client.GetAsync(new Uri($"http://{endpoint}/-/ready"), Bound.Token);
            return ready.IsSuccessStatusCode && (await QueryAsync("rate(process_cpu_time_seconds_total[1m])")).Count > 0;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
