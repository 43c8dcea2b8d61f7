using System.Net;
using System.Net.Sockets;
using Heliograph.Decoy.Http;
using Microsoft.Extensions.Logging;

namespace Heliograph.Decoy;

/// <summary>Port 80 as certbot leaves it on an nginx: our domains go to https, everything else is 404, and challenges are answered.</summary>
internal sealed class RedirectServer : IAsyncDisposable
{
    private readonly List<StreamListener> listeners = [];

    private RedirectServer()
    {
    }

    public IReadOnlyList<IPEndPoint> Endpoints => [.. listeners.Select(listener => (IPEndPoint)listener.EndPoint)];

    /// <param name="listen">Where to listen; port 0 takes a free one.</param>
    /// <param name="domains">The names that are sent on to https; the first also stands for requests that name no host.</param>
    /// <param name="challenge">An HTTP-01 token's key authorization, or null.</param>
    /// <param name="log">Where faults are reported.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="DecoyException">An address cannot be listened on.</exception>
    public static async Task<RedirectServer> StartAsync(
        IReadOnlyList<IPEndPoint> listen, IReadOnlyList<string> domains, Func<string, string?> challenge, ILoggerFactory log, CancellationToken cancellationToken)
    {
        var server = new RedirectServer();
        var responder = new RedirectResponder(domains, challenge);
        foreach (var endPoint in listen)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                server.listeners.Add(StreamListener.Start(endPoint, client => ServeAsync(client, responder), TimeProvider.System, log.CreateLogger("Heliograph.Decoy")));
            }
            catch (SocketException e)
            {
                await server.DisposeAsync();
                throw new DecoyException(Explain(endPoint, e), e);
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in listeners)
            await listener.DisposeAsync();
    }

    private static string Explain(IPEndPoint endPoint, SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $"Another program already listens on {endPoint}; stop it, choose another address for http.listen, or set http.listen to [] to do without.",
        SocketError.AccessDenied =>
            $"This user may not listen on {endPoint}: ports below 1024 need the capability CAP_NET_BIND_SERVICE, or set http.listen to another port.",
        SocketError.AddressNotAvailable =>
            $"This machine has no address {endPoint.Address} to listen on; correct http.listen.",
        _ => $"{endPoint} cannot be listened on ({e.Message}); correct http.listen.",
    };

    private static async Task ServeAsync(ClientSocket client, Responder responder)
    {
        using var connection = new Http1Connection(client, responder, TimeProvider.System);
        await connection.RunAsync();
    }
}
