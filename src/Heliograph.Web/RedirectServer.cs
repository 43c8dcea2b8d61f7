using System.Net;
using Heliograph.Web.Http;
using Microsoft.Extensions.Logging;

namespace Heliograph.Web;

/// <summary>Port 80 as certbot leaves it on an nginx: our domains go to https, everything else is 404, and challenges are answered.</summary>
public sealed class RedirectServer : IAsyncDisposable
{
    private readonly HttpServer server;
    private readonly Func<string, string?> challenge;

    private RedirectServer(HttpServer server, Func<string, string?> challenge)
    {
        this.server = server;
        this.challenge = challenge;
    }

    public IReadOnlyList<IPEndPoint> Endpoints => server.Endpoints;

    /// <summary>Binds and starts to serve.</summary>
    /// <param name="listen">Where to listen; port 0 takes a free one.</param>
    /// <param name="inherited">Descriptors of sockets that listen at some of these addresses already; owned from here on.</param>
    /// <param name="setting">What the operator calls the list of addresses, for errors.</param>
    /// <param name="domains">The names that are sent on to https; the first also stands for requests that name no host.</param>
    /// <param name="challenge">The key authorization of an HTTP-01 token (RFC 8555 section 8.3), or null.</param>
    /// <param name="logger">Where faults are reported.</param>
    /// <exception cref="WebServerException">An address cannot be listened on.</exception>
    public static async Task<RedirectServer> StartAsync(
        IReadOnlyList<IPEndPoint> listen,
        IReadOnlyDictionary<IPEndPoint, int> inherited,
        string setting,
        IReadOnlyList<string> domains,
        Func<string, string?> challenge,
        ILogger logger) =>
        new(await HttpServer.StartAsync(listen, inherited, setting, new RedirectResponder(domains, challenge), logger), challenge);

    /// <summary>From now on these names are sent on to https.</summary>
    public void UseDomains(IReadOnlyList<string> domains) => server.Use(new RedirectResponder(domains, challenge));

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
