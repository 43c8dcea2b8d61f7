using Microsoft.Extensions.Logging;

namespace Heliograph.Metrics;

/// <summary>
/// Logs what keeps the figures from the collector. OpenTelemetry's exporter reports it only to an EventSource, and with .NET's support for
/// those comes a diagnostics socket (docs/adr/0012-native-packages.md).
/// </summary>
internal sealed class OtlpTrouble(ILogger logger)
{
    private static readonly TimeSpan LogEvery = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private long? lastLogged;

    /// <summary>A client that sends through the exporter's own, which its variables may have given certificates.</summary>
    public HttpClient Watch(HttpClient client) => new(new Watcher(client, this)) { Timeout = client.Timeout };

    private void Report(string problem)
    {
        lock (gate)
        {
            // While the collector is unreachable, every export fails.
            var now = TimeProvider.System.GetTimestamp();
            if (lastLogged is { } last && TimeProvider.System.GetElapsedTime(last, now) < LogEvery)
                return;
            lastLogged = now;
        }
        HostLog.OtlpTrouble(logger, problem);
    }

    /// <summary>With gRPC the answer is 200, and its status is a header or a trailer.</summary>
    private static string? ProblemOf(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
            return $"the collector answers {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
        var status = response.Headers.Concat(response.TrailingHeaders)
            .FirstOrDefault(static header => header.Key.Equals("grpc-status", StringComparison.OrdinalIgnoreCase))
            .Value?.First();
        return status is null or "0" ? null : $"the collector answers with gRPC status {status}";
    }

    private sealed class Watcher(HttpClient client, OtlpTrouble trouble) : HttpMessageHandler
    {
        /// <summary>A collector answers with a few bytes.</summary>
        private const long LargestGrpcAnswer = 1 << 20;

        // HTTP/1.1.
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return Watched(client.Send(Copy(request), HttpCompletionOption.ResponseHeadersRead, cancellationToken));
            }
            catch (Exception exception)
            {
                trouble.Report(exception.Message.TrimEnd('.'));
                throw;
            }
        }

        // gRPC.
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                var response = await client.SendAsync(Copy(request), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                // The trailers come after the body.
                await response.Content.LoadIntoBufferAsync(LargestGrpcAnswer, cancellationToken);
                return Watched(response);
            }
            catch (Exception exception)
            {
                trouble.Report(exception.Message.TrimEnd('.'));
                throw;
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                client.Dispose();
            base.Dispose(disposing);
        }

        /// <summary>A client refuses a request that another client has sent.</summary>
        private static HttpRequestMessage Copy(HttpRequestMessage request)
        {
            var copy = new HttpRequestMessage(request.Method, request.RequestUri)
            {
                Content = request.Content,
                Version = request.Version,
                VersionPolicy = request.VersionPolicy,
            };
            foreach (var (name, values) in request.Headers.NonValidated)
                copy.Headers.TryAddWithoutValidation(name, values);
            return copy;
        }

        private HttpResponseMessage Watched(HttpResponseMessage response)
        {
            if (ProblemOf(response) is { } problem)
                trouble.Report(problem);
            return response;
        }
    }
}
