using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Heliograph.Decoy.Http;

/// <summary>Plain HTTP/1 on the addresses of one key of the configuration, all answered by one <see cref="Responder"/>.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly List<StreamListener> listeners = [];

    private HttpServer()
    {
    }

    public IReadOnlyList<IPEndPoint> Endpoints => [.. listeners.Select(static listener => (IPEndPoint)listener.EndPoint)];

    /// <param name="listen">Where to listen; port 0 takes a free one.</param>
    /// <param name="key">The key of the configuration, for errors.</param>
    /// <param name="responder">Answers.</param>
    /// <param name="log">Where faults are reported.</param>
    /// <exception cref="DecoyException">An address cannot be listened on.</exception>
    public static async Task<HttpServer> StartAsync(IReadOnlyList<IPEndPoint> listen, string key, Responder responder, ILogger log)
    {
        var server = new HttpServer();
        foreach (var endPoint in listen)
        {
            try
            {
                server.listeners.Add(StreamListener.Start(endPoint, client => ServeAsync(client, responder), TimeProvider.System, log));
            }
            catch (SocketException e)
            {
                await server.DisposeAsync();
                throw new DecoyException(Explain(key, endPoint, e), e);
            }
        }
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in listeners)
            await listener.DisposeAsync();
    }

    private static string Explain(string key, IPEndPoint endPoint, SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $"Another program already listens on {endPoint}; stop it, choose another address for {key}, or set {key} to [] to do without.",
        SocketError.AccessDenied =>
            $"This user may not listen on {endPoint}: ports below 1024 need the capability CAP_NET_BIND_SERVICE, or set {key} to another port.",
        SocketError.AddressNotAvailable =>
            $"This machine has no address {endPoint.Address} to listen on; correct {key}.",
        _ => $"{endPoint} cannot be listened on ({e.Message}); correct {key}.",
    };

    private static async Task ServeAsync(ClientSocket client, Responder responder)
    {
        using var connection = new Http1Connection(client, responder, TimeProvider.System);
        await connection.RunAsync();
    }
}
