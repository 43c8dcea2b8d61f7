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
    private readonly ServedConnections refused;
    private readonly Refusal refusal;
    private readonly NginxProfile like;
    private readonly TimeProvider timeProvider;
    private readonly ITimer change;
    private readonly Lock changing = new();
    private volatile SiteResponder pages;
    private Site site;

    private DecoySite(Site site, NginxProfile like, TimeProvider timeProvider, ILogger logger)
    {
        (this.site, this.like, this.timeProvider) = (site, like, timeProvider);
        pages = new SiteResponder(site, like);
        change = timeProvider.CreateTimer(_ => ChangeIfDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        AwaitChange();
        var plain = new PageResponder(like, NginxStatus.PlainHttpToHttps, waitsForBody: false, closesAlways: true);
        var unavailable = new PageResponder(like, NginxStatus.BadGateway, waitsForBody: true, closesAlways: false);
        http1 = new(client => ServeHttp1Async(client, pages, timeProvider), timeProvider, logger);
        http2 = new(client => ServeHttp2Async(client, pages, timeProvider), timeProvider, logger);
        plainHttp = new(client => ServeHttp1Async(client, plain, timeProvider), timeProvider, logger);
        http1Unavailable = new(client => ServeHttp1Async(client, unavailable, timeProvider), timeProvider, logger);
        http2Unavailable = new(client => ServeHttp2Async(client, unavailable, timeProvider), timeProvider, logger);
        refused = new(client => Lingering.CloseAsync(client, hasUnread: true, timeProvider), timeProvider, logger);
        refusal = new(like, timeProvider);
    }

    /// <summary>The languages of the built-in site, as two letters.</summary>
    public static IReadOnlyList<string> Languages { get; } = [.. SiteLanguage.All.Select(static language => language.Code)];

    /// <exception cref="WebServerException">The site's directory cannot be used.</exception>
    public static async Task<DecoySite> StartAsync(
        DecoyOptions options, TimeProvider timeProvider, ILogger logger, CancellationToken cancellationToken)
    {
        var decoy = new DecoySite(await MakeAsync(options, timeProvider, cancellationToken), options.Like, timeProvider, logger);
        await decoy.ServeHttp1(new RehearsedVisit(RehearsedVisit.Http1));
        await decoy.ServeHttp2(new RehearsedVisit(RehearsedVisit.Http2));
        await decoy.ServeHttp1(new RehearsedVisit(RehearsedVisit.Hello, isReceived: true));
        return decoy;
    }

    /// <summary>Serves decrypted HTTP/1.1. Like all of these, until the connection ends; never throws.</summary>
    public Task ServeHttp1(ClientConnection connection) => (refusal.TrySend(connection) ? refused : http1).ServeAsync(connection);

    /// <summary>Serves decrypted HTTP/2 (prior knowledge).</summary>
    public Task ServeHttp2(ClientConnection connection) => http2.ServeAsync(connection);

    /// <summary>Answers plain HTTP sent to the TLS port with 400, as nginx does.</summary>
    public Task ServePlainHttp(ClientConnection connection) => plainHttp.ServeAsync(connection);

    /// <summary>Answers like an nginx whose upstream is down (502).</summary>
    public Task ServeHttp1Unavailable(ClientConnection connection) =>
        (refusal.TrySend(connection) ? refused : http1Unavailable).ServeAsync(connection);

    /// <summary>As <see cref="ServeHttp1Unavailable"/>, for HTTP/2.</summary>
    public Task ServeHttp2Unavailable(ClientConnection connection) => http2Unavailable.ServeAsync(connection);

    /// <summary>Serves this site to new connections; open connections keep the previous one.</summary>
    public void Use(Site site)
    {
        lock (changing)
        {
            this.site = site;
            pages = new SiteResponder(site, like);
            AwaitChange();
        }
    }

    /// <summary>Opens a static site's directory, and closes it again.</summary>
    /// <exception cref="WebServerException">It cannot be used.</exception>
    public static void RequireDirectory(string directory) => _ = new DirectorySite(directory);

    /// <summary>The site that the options ask for.</summary>
    /// <exception cref="WebServerException">Its directory cannot be used.</exception>
    public static Task<Site> MakeAsync(DecoyOptions options, TimeProvider timeProvider, CancellationToken cancellationToken) =>
        // Generating the pages takes a few milliseconds of CPU, so not on the caller's thread.
        Task.Run<Site>(
            () => options.Directory is null
                ? BuiltInSite.Create(options.Seed, options.Language, timeProvider.GetUtcNow()) : new DirectorySite(options.Directory),
            cancellationToken);

    /// <summary>Once a day is enough for a clock that was set; a timer takes 49 days at most.</summary>
    private void AwaitChange()
    {
        if (site.ChangesAt is { } at)
            change.Change(
                TimeSpan.FromTicks(Math.Clamp((at - timeProvider.GetUtcNow()).Ticks, 0, TimeSpan.TicksPerDay)),
                Timeout.InfiniteTimeSpan);
    }

    private void ChangeIfDue()
    {
        lock (changing)
        {
            var now = timeProvider.GetUtcNow();
            if (site.ChangesAt <= now && site.Change is { } changed)
            {
                site = changed(now);
                pages = new SiteResponder(site, like);
            }
            AwaitChange();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await change.DisposeAsync();
        foreach (var connections in new[] { http1, http2, plainHttp, http1Unavailable, http2Unavailable, refused })
            await connections.DisposeAsync();
    }

    private static async Task ServeHttp1Async(ClientSocket client, Responder responder, TimeProvider timeProvider)
    {
        using var connection = new Http1Connection(client, responder, timeProvider);
        await connection.RunAsync();
    }

    private static async Task ServeHttp2Async(ClientSocket client, Responder responder, TimeProvider timeProvider)
    {
        using var connection = new Http2Connection(client, responder, timeProvider);
        await connection.RunAsync();
    }
}
