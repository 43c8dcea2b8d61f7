using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Heliograph.Web.Http;

/// <summary>Plain HTTP/1 on the addresses of one setting, answered by one <see cref="Responder"/>.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly List<StreamListener> listeners = [];
    private volatile Responder responder;

    private HttpServer(Responder responder) => this.responder = responder;

    public IReadOnlyList<IPEndPoint> Endpoints => [.. listeners.Select(static listener => (IPEndPoint)listener.EndPoint)];

    public IReadOnlyList<int> Descriptors => [.. listeners.Select(static listener => listener.Descriptor)];

    /// <param name="listen">Where to listen; port 0 picks a free port.</param>
    /// <param name="inherited">Descriptors of sockets that already listen at some of these addresses; this server now owns them.</param>
    /// <param name="setting">The configuration key of the addresses, for error messages.</param>
    /// <param name="responder">Answers the requests.</param>
    /// <param name="logger">Logs faults.</param>
    /// <exception cref="WebServerException">Listening on an address fails.</exception>
    public static async Task<HttpServer> StartAsync(
        IReadOnlyList<IPEndPoint> listen,
        IReadOnlyDictionary<IPEndPoint, int> inherited,
        string setting,
        Responder responder,
        ILogger logger)
    {
        var server = new HttpServer(responder);
        foreach (var endPoint in listen)
        {
            // "0.0.0.0:80" beside "[::]:80": each takes its own family.
            var hasIpv4Twin = endPoint.Port != 0 && listen.Contains(new IPEndPoint(IPAddress.Any, endPoint.Port));
            try
            {
                server.listeners.Add(inherited.TryGetValue(endPoint, out var socket)
                    ? StreamListener.Start(socket, server.ServeAsync, TimeProvider.System, logger)
                    : StreamListener.Start(endPoint, server.ServeAsync, TimeProvider.System, logger, hasIpv4Twin));
            }
            catch (SocketException exception)
            {
                await server.DisposeAsync();
                throw new WebServerException(Explain(setting, endPoint, exception), exception);
            }
        }
        return server;
    }

    /// <summary>Replaces the responder.</summary>
    public void Use(Responder other) => responder = other;

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in listeners)
            await listener.DisposeAsync();
    }

    private static string Explain(string setting, IPEndPoint endPoint, SocketException exception) =>
        exception.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse =>
                $"Another program already listens on {endPoint}; stop it, choose another address for {setting}, " +
                $"or set {setting} to [] to run without it.",
            SocketError.AccessDenied =>
                $"This user may not listen on {endPoint}: ports below 1024 need the capability CAP_NET_BIND_SERVICE; " +
                $"grant it, or set {setting} to another port.",
            SocketError.AddressNotAvailable => $"This machine has no address {endPoint.Address} to listen on; correct {setting}.",
            _ => $"Cannot listen on {endPoint} ({exception.Message}); correct {setting}.",
        };

    private async Task ServeAsync(ClientSocket client)
    {
        using var connection = new Http1Connection(client, responder, TimeProvider.System);
        await connection.RunAsync();
    }
}
