using Heliograph.Platform;
using Heliograph.Web.Http;
using Heliograph.Web.Http2;
using Heliograph.Web.Sites;
using Heliograph.Web.Sites.BuiltIn;
using Microsoft.Extensions.Logging;

namespace Heliograph.Web;

/// <summary>
/// The ordinary web site that everyone without a Signal client sees. It listens nowhere: it serves connections that it is given.
/// </summary>
public sealed class DecoySite : IAsyncDisposable
{
    private readonly ServedConnections http1;
    private readonly ServedConnections http2;
    private readonly ServedConnections plainHttp;
    private readonly ServedConnections http1Unavailable;
    private readonly ServedConnections http2Unavailable;
    private readonly NginxProfile like;
    private volatile SiteResponder pages;

    private DecoySite(Site site, NginxProfile like, TimeProvider timeProvider, ILogger logger)
    {
        this.like = like;
        pages = new SiteResponder(site, like);
        var plain = new PageResponder(like, NginxStatus.PlainHttpToHttps, waitsForBody: false, closesAlways: true);
        var unavailable = new PageResponder(like, NginxStatus.BadGateway, waitsForBody: true, closesAlways: false);
        http1 = new(client => ServeHttp1Async(client, pages, timeProvider), timeProvider, logger);
        http2 = new(client => ServeHttp2Async(client, pages, timeProvider), timeProvider, logger);
        plainHttp = new(client => ServeHttp1Async(client, plain, timeProvider), timeProvider, logger);
        http1Unavailable = new(client => ServeHttp1Async(client, unavailable, timeProvider), timeProvider, logger);
        http2Unavailable = new(client => ServeHttp2Async(client, unavailable, timeProvider), timeProvider, logger);
    }

    /// <exception cref="WebServerException">The site's directory cannot be used.</exception>
    public static async Task<DecoySite> StartAsync(
        DecoyOptions options, TimeProvider timeProvider, ILogger logger, CancellationToken cancellationToken)
    {
        var decoy = new DecoySite(await MakeAsync(options, cancellationToken), options.Like, timeProvider, logger);
        await decoy.ServeHttp1(new RehearsedVisit(RehearsedVisit.Http1));
        await decoy.ServeHttp2(new RehearsedVisit(RehearsedVisit.Http2));
        return decoy;
    }

    /// <summary>Serves decrypted HTTP/1.1. Like all of these, until the connection ends; never throws.</summary>
    public Task ServeHttp1(ClientConnection connection) => http1.ServeAsync(connection);

    /// <summary>Serves decrypted HTTP/2 (prior knowledge).</summary>
    public Task ServeHttp2(ClientConnection connection) => http2.ServeAsync(connection);

    /// <summary>Answers plain HTTP sent to the TLS port with 400, as nginx does.</summary>
    public Task ServePlainHttp(ClientConnection connection) => plainHttp.ServeAsync(connection);

    /// <summary>Answers like an nginx whose upstream is down (502).</summary>
    public Task ServeHttp1Unavailable(ClientConnection connection) => http1Unavailable.ServeAsync(connection);

    /// <summary>As <see cref="ServeHttp1Unavailable"/>, for HTTP/2.</summary>
    public Task ServeHttp2Unavailable(ClientConnection connection) => http2Unavailable.ServeAsync(connection);

    /// <summary>Serves this site to new connections; open connections keep the previous one.</summary>
    public void Use(Site site) => pages = new SiteResponder(site, like);

    /// <summary>Opens a static site's directory, and closes it again.</summary>
    /// <exception cref="WebServerException">It cannot be used.</exception>
    public static void RequireDirectory(string directory) => _ = new DirectorySite(directory);

    /// <summary>The site that the options ask for.</summary>
    /// <exception cref="WebServerException">Its directory cannot be used.</exception>
    public static Task<Site> MakeAsync(DecoyOptions options, CancellationToken cancellationToken) =>
        // Generating the pages takes a few milliseconds of CPU, so not on the caller's thread.
        Task.Run<Site>(
            () => options.Directory is null ? BuiltInSite.Create(options.Seed) : new DirectorySite(options.Directory), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var connections in new[] { http1, http2, plainHttp, http1Unavailable, http2Unavailable })
            await connections.DisposeAsync();
    }

    private static async Task ServeHttp1Async(ClientSocket client, Responder responder, TimeProvider timeProvider)
    {
        client.MayBlock = responder.MayBlock;
        using var connection = new Http1Connection(client, responder, timeProvider);
        await connection.RunAsync();
    }

    private static async Task ServeHttp2Async(ClientSocket client, Responder responder, TimeProvider timeProvider)
    {
        client.MayBlock = responder.MayBlock;
        using var connection = new Http2Connection(client, responder, timeProvider);
        await connection.RunAsync();
    }
}
