using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Heliograph.Configuration;
using Heliograph.Platform;

namespace Heliograph.Alerts;

/// <summary>An address that accepts a POST of JSON. The address is a secret: anyone who has it can post there.</summary>
/// <remarks>
/// Like curl, it uses the proxy named in HTTPS_PROXY, if any. It does not follow redirects, which could turn the POST into a GET or send
/// the message elsewhere.
/// </remarks>
internal sealed class WebhookTarget : AlertTarget
{
    /// <summary>Between the attempts for one message: an hour-long network outage is reported the next day.</summary>
    public static readonly IReadOnlyList<TimeSpan> Pauses = [TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Uri address;
    private readonly IReadOnlyList<TimeSpan> pauses;
    private readonly TimeProvider timeProvider;
    private readonly HappyEyeballs connector;

    public WebhookTarget(Uri address, IReadOnlyList<TimeSpan> pauses, TimeProvider timeProvider)
        : this(address, pauses, timeProvider, new HappyEyeballs(Limit / 2))
    {
    }

    internal WebhookTarget(Uri address, IReadOnlyList<TimeSpan> pauses, TimeProvider timeProvider, HappyEyeballs connector)
    {
        this.connector = connector;
        this.address = address;
        this.pauses = pauses;
        this.timeProvider = timeProvider;
    }

    public override string Name => $"{Keys.AlertsWebhook.Name} at {address.Host}";

    public override async Task<string?> SendAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(message, AlertJson.Default.AlertMessage);
        // Created for one message a day and disposed of after it: an idle client would keep a pool and its timers.
        using var client = CreateClient(connector);
        for (var attempt = 0; ; attempt++)
        {
            var (problem, isFinal) = await PostAsync(client, json, cancellationToken);
            if (problem is null || isFinal || attempt == pauses.Count)
                return problem is null ? null : attempt == 0 ? problem : $"{problem} ({attempt + 1} attempts)";
            await Task.Delay(pauses[attempt], timeProvider, cancellationToken);
        }
    }

    private static HttpClient CreateClient(HappyEyeballs connector)
    {
        var client = new HttpClient(connector.CreateHandler())
        {
            Timeout = Limit,
            MaxResponseContentBufferSize = 64 * 1024,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new("heliograph", ProductVersion.Text));
        return client;
    }

    /// <summary>The problem, and whether another attempt would be useless.</summary>
    private async Task<(string? Problem, bool IsFinal)> PostAsync(HttpClient client, byte[] json, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
            // The response body is not needed, and not read.
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return Judge(response.StatusCode);
        }
        catch (HttpRequestException exception)
        {
            return ($"it cannot be reached: {exception.InnerException?.Message ?? exception.Message}", false);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var connected = connector.ConnectedBy is { } family ? $" accepted a connection over {family}, but" : "";
            return ($"it{connected} did not answer within {Values.Write(Limit)}", false);
        }
    }

    private static (string? Problem, bool IsFinal) Judge(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => (null, true),
        >= 300 and < 400 => ($"it answered {(int)status}, a redirect, which is not followed; use the final address", true),
        429 or >= 500 => ($"it answered {(int)status}", false),
        _ => ($"it answered {(int)status}; check the address", true),
    };
}
