using System.Net;
using Heliograph.Configuration;
using Heliograph.Decoy.Http;
using Heliograph.Relay.Listening;
using Microsoft.Extensions.Logging;

namespace Heliograph.Decoy;

/// <summary>Port 80 as certbot leaves it on an nginx: our domains go to https, everything else is 404, and challenges are answered.</summary>
internal sealed class RedirectServer : IAsyncDisposable
{
    private readonly HttpServer server;
    private readonly Func<string, string?> challenge;

    private RedirectServer(HttpServer server, Func<string, string?> challenge)
    {
        this.server = server;
        this.challenge = challenge;
    }

    public IReadOnlyList<IPEndPoint> Endpoints => server.Endpoints;

    /// <param name="listen">Where to listen; port 0 takes a free one.</param>
    /// <param name="lent">Sockets that listen at some of these addresses already.</param>
    /// <param name="domains">The names that are sent on to https; the first also stands for requests that name no host.</param>
    /// <param name="challenge">An HTTP-01 token's key authorization, or null.</param>
    /// <param name="log">Where faults are reported.</param>
    /// <exception cref="DecoyException">An address cannot be listened on.</exception>
    public static async Task<RedirectServer> StartAsync(
        IReadOnlyList<IPEndPoint> listen, IReadOnlyDictionary<IPEndPoint, LentSocket> lent, IReadOnlyList<string> domains, Func<string, string?> challenge, ILoggerFactory log) =>
        new(await HttpServer.StartAsync(listen, lent, Keys.HttpListen.Name, new RedirectResponder(domains, challenge), log.CreateLogger("Heliograph.Decoy")), challenge);

    /// <summary>From now on these names are sent on to https.</summary>
    public void UseDomains(IReadOnlyList<string> domains) => server.Use(new RedirectResponder(domains, challenge));

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
