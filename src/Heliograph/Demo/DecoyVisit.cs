using System.Net.Security;
using System.Net.Sockets;

namespace Heliograph.Demo;

/// <summary>The web page for a visitor without a Signal client, and what the censor saw of the visit.</summary>
internal sealed record DecoyVisit(string StatusLine, string Server, string MediaType, WebPage Page, WireCapture Wire)
{
    private const int LargestPage = 1024 * 1024;

    /// <summary>Requests it as any HTTPS client does: HTTP/1.1, offered by ALPN.</summary>
    public static async Task<DecoyVisit> RunAsync(DemoStage stage, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wire = stage.Wire.CarryAsync(stop.Token);
        try
        {
            var (status, server, type, html) = await GetAsync(stage, stop.Token);
            return new DecoyVisit(status, server, type, WebPage.Read(html), await wire);
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task)wire).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<(string Status, string Server, string MediaType, string Html)> GetAsync(
        DemoStage stage, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            SslOptions = stage.TrustInProxy(),
            ConnectCallback = async (_, cancellationToken) =>
                new NetworkStream(await DemoClient.ConnectAsync(stage.Wire.Endpoint, cancellationToken), ownsSocket: true),
        };
        handler.SslOptions.ApplicationProtocols = [SslApplicationProtocol.Http11];
        using var browser = new HttpClient(handler) { MaxResponseContentBufferSize = LargestPage, Timeout = Timeout.InfiniteTimeSpan };
        using var response = await browser.GetAsync(new Uri($"https://{DemoStage.Domain}/"), cancellationToken);
        var status = $"HTTP/{response.Version} {(int)response.StatusCode} {response.ReasonPhrase}";
        return (
            status,
            response.Headers.Server.ToString(),
            response.Content.Headers.ContentType?.MediaType ?? "",
            await response.Content.ReadAsStringAsync(cancellationToken));
    }
}
