using System.Net;
using Heliograph.Web.Http;
using Microsoft.Extensions.Logging;

namespace Heliograph.Web;

/// <summary>
/// Port 80 as certbot configures nginx: the domains redirect to https, everything else gets 404, and challenges are answered.
/// </summary>
public sealed class RedirectServer : IAsyncDisposable
{
    private readonly HttpServer server;
    private readonly NginxProfile like;
    private readonly Func<string, string?> challenge;

    private RedirectServer(HttpServer server, NginxProfile like, Func<string, string?> challenge)
    {
        this.server = server;
        this.like = like;
        this.challenge = challenge;
    }

    public IReadOnlyList<IPEndPoint> Endpoints => server.Endpoints;

    /// <summary>Of the sockets that listen there, open until this server is disposed of.</summary>
    public IReadOnlyList<int> Descriptors => server.Descriptors;

    /// <summary>Binds and starts serving.</summary>
    /// <param name="listen">Where to listen; port 0 picks a free port.</param>
    /// <param name="inherited">Descriptors of sockets that already listen at some of these addresses; this server now owns them.</param>
    /// <param name="setting">The configuration key of the addresses, for error messages.</param>
    /// <param name="like">The nginx that it behaves like.</param>
    /// <param name="domains">The names redirected to https; the first also serves requests that name no host.</param>
    /// <param name="challenge">The key authorization of an HTTP-01 token (RFC 8555 section 8.3), or null.</param>
    /// <param name="logger">Logs faults.</param>
    /// <exception cref="WebServerException">Listening on an address fails.</exception>
    public static async Task<RedirectServer> StartAsync(
        IReadOnlyList<IPEndPoint> listen,
        IReadOnlyDictionary<IPEndPoint, int> inherited,
        string setting,
        NginxProfile like,
        IReadOnlyList<string> domains,
        Func<string, string?> challenge,
        ILogger logger) =>
        new(
            await HttpServer.StartAsync(listen, inherited, setting, new RedirectResponder(like, domains, challenge), logger),
            like,
            challenge);

    /// <summary>Replaces the names redirected to https.</summary>
    public void UseDomains(IReadOnlyList<string> domains) => server.Use(new RedirectResponder(like, domains, challenge));

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
