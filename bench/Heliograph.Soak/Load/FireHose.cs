using System.Net;
using System.Net.Sockets;

namespace Heliograph.Soak.Load;

/// <summary>An upstream that reads nothing and sends without end. It is for hostile clients, so it compares nothing.</summary>
internal sealed class FireHose : IDisposable
{
    private static readonly byte[] Water = new byte[64 * 1024];

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource stopping = new();

    public FireHose()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(4096);
        _ = AcceptAsync();
    }

    public IPEndPoint Address => (IPEndPoint)listener.LocalEndPoint!;

    public void Dispose()
    {
        stopping.Cancel();
        listener.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = PourAsync(await listener.AcceptAsync(stopping.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private async Task PourAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                while (true)
                    await socket.SendAsync(Water, stopping.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The client has left.
            }
        }
    }
}
