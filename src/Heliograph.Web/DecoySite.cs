using System.Net.Sockets;
using Heliograph.Web.Http;
using Heliograph.Web.Http2;
using Heliograph.Web.Sites;
using Heliograph.Web.Sites.BuiltIn;
using Microsoft.Extensions.Logging;

namespace Heliograph.Web;

/// <summary>The ordinary web site that everyone without a Signal client sees, on private unix sockets that the relay dials.</summary>
public sealed class DecoySite : IAsyncDisposable
{
    private const string LongestSocketName = "http1-unavailable.sock";

    private readonly SocketDirectory directory;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly List<StreamListener> listeners = [];
    private volatile SiteResponder pages;

    private DecoySite(SocketDirectory directory, Site site, TimeProvider timeProvider, ILogger logger)
    {
        pages = new SiteResponder(site);
        this.directory = directory;
        this.timeProvider = timeProvider;
        this.logger = logger;
    }

    /// <summary>The path of the socket for decrypted HTTP/1.1.</summary>
    public string Http1 { get; private set; } = null!;

    /// <summary>The path of the socket for decrypted HTTP/2 (prior knowledge).</summary>
    public string Http2 { get; private set; } = null!;

    /// <summary>The path of the socket for plain HTTP sent to the TLS port; answers 400 as nginx does.</summary>
    public string PlainHttp { get; private set; } = null!;

    /// <summary>The path of the socket that answers like an nginx whose upstream is down (502).</summary>
    public string Http1Unavailable { get; private set; } = null!;

    /// <summary>As <see cref="Http1Unavailable"/>, for HTTP/2.</summary>
    public string Http2Unavailable { get; private set; } = null!;

    /// <exception cref="WebServerException">The sockets or the site's directory cannot be used.</exception>
    public static async Task<DecoySite> StartAsync(
        DecoyOptions options, TimeProvider timeProvider, ILogger logger, CancellationToken cancellationToken)
    {
        var site = await MakeAsync(options, cancellationToken);
        var decoy = new DecoySite(SocketDirectory.Prepare(options.SocketDirectory, LongestSocketName.Length), site, timeProvider, logger);
        try
        {
            var unavailable = new PageResponder(NginxStatus.BadGateway, waitsForBody: true, closesAlways: false);
            decoy.Http1 = decoy.Listen("http1.sock", client => ServeHttp1Async(client, decoy.pages, timeProvider));
            decoy.Http2 = decoy.Listen("http2.sock", client => ServeHttp2Async(client, decoy.pages, timeProvider));
            decoy.Http1Unavailable = decoy.Listen(LongestSocketName, client => ServeHttp1Async(client, unavailable, timeProvider));
            decoy.Http2Unavailable = decoy.Listen("http2-unavailable.sock", client => ServeHttp2Async(client, unavailable, timeProvider));
            var plain = new PageResponder(NginxStatus.PlainHttpToHttps, waitsForBody: false, closesAlways: true);
            decoy.PlainHttp = decoy.Listen("plain.sock", client => ServeHttp1Async(client, plain, timeProvider));
            return decoy;
        }
        catch (SocketException exception)
        {
            await decoy.DisposeAsync();
            throw new WebServerException(
                $"The decoy's sockets cannot be opened in {options.SocketDirectory} ({exception.Message}); " +
                "choose a directory that this user may write to.",
                exception);
        }
        catch
        {
            await decoy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Serves this site to new connections; open connections keep the previous one.</summary>
    public void Use(Site site) => pages = new SiteResponder(site);

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
        foreach (var listener in listeners)
            await listener.DisposeAsync();
        directory.Dispose();
    }

    private string Listen(string name, Func<ClientSocket, Task> serve)
    {
        var path = directory.Claim(name);
        listeners.Add(StreamListener.Start(new UnixDomainSocketEndPoint(path), serve, timeProvider, logger));
        return path;
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
