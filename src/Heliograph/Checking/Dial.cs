using System.Net;
using System.Net.Sockets;

namespace Heliograph.Checking;

/// <summary>A bounded TCP connection.</summary>
internal static class Dial
{
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
