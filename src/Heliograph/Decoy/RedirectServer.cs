using System.Net;
using Heliograph.Configuration;
using Heliograph.Decoy.Http;
using Microsoft.Extensions.Logging;

namespace Heliograph.Decoy;

/// <summary>Port 80 as certbot leaves it on an nginx: our domains go to https, everything else is 404, and challenges are answered.</summary>
internal sealed class RedirectServer : IAsyncDisposable
{
    private readonly HttpServer server;

    private RedirectServer(HttpServer server) => this.server = server;

    public IReadOnlyList<IPEndPoint> Endpoints => server.Endpoints;

    /// <param name="listen">Where to listen; port 0 takes a free one.</param>
    /// <param name="domains">The names that are sent on to https; the first also stands for requests that name no host.</param>
    /// <param name="challenge">An HTTP-01 token's key authorization, or null.</param>
    /// <param name="log">Where faults are reported.</param>
    /// <exception cref="DecoyException">An address cannot be listened on.</exception>
    public static async Task<RedirectServer> StartAsync(
        IReadOnlyList<IPEndPoint> listen, IReadOnlyList<string> domains, Func<string, string?> challenge, ILoggerFactory log) =>
        new(await HttpServer.StartAsync(listen, Keys.HttpListen.Name, new RedirectResponder(domains, challenge), log.CreateLogger("Heliograph.Decoy")));

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
