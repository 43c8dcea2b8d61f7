using System.Net;
using System.Net.Sockets;

namespace Heliograph.Checking;

/// <summary>A bounded TCP connection.</summary>
internal static class Dial
{
    /// <summary>To the proxy, which is told of it if it is this machine's own.</summary>
    /// <exception cref="SocketException">The connection failed.</exception>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    public static async Task<Stream> ProxyAsync(IPEndPoint proxy, CheckOptions options, CheckClock clock)
    {
        var tcp = await TcpAsync(proxy, clock);
        return options.Announce is { } announce ? new AnnouncedStream(tcp, announce) : tcp;
    }

    /// <exception cref="SocketException">The connection failed.</exception>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    public static async Task<NetworkStream> TcpAsync(IPEndPoint endpoint, CheckClock clock)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            return await clock.RunAsync(async cancellationToken =>
            {
                await socket.ConnectAsync(endpoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            });
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
