using System.Net;
using System.Net.Sockets;

namespace Heliograph.Demo;

/// <summary>What went over the wire between the client and the proxy.</summary>
internal sealed record WireCapture(byte[] Up, byte[] Down);

/// <summary>The network between the client and the proxy, in the hands of a censor: forwards every byte and keeps a copy.</summary>
internal sealed class CensorsHop : IDisposable
{
    private readonly IPEndPoint proxy;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public CensorsHop(IPEndPoint proxy)
    {
        this.proxy = proxy;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Endpoint = (IPEndPoint)listener.LocalEndPoint!;
    }

    /// <summary>Where clients connect.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Carries the next connection to its end.</summary>
    public async Task<WireCapture> CarryAsync(CancellationToken cancellationToken)
    {
        using var client = await listener.AcceptAsync(cancellationToken);
        using var onward = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // A network does not change addresses: connect to the proxy from the client's address.
        onward.Bind(new IPEndPoint(((IPEndPoint)client.RemoteEndPoint!).Address, 0));
        await onward.ConnectAsync(proxy, cancellationToken);
        (client.NoDelay, onward.NoDelay) = (true, true);
        var (up, down) = (new Recording(), new Recording());
        await Task.WhenAll(ForwardAsync(client, onward, up, cancellationToken), ForwardAsync(onward, client, down, cancellationToken));
        return new WireCapture(up.Bytes, down.Bytes);
    }

    public void Dispose() => listener.Dispose();

    private static async Task ForwardAsync(Socket from, Socket to, Recording recording, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
            {
                recording.Append(buffer.AsSpan(0, count));
                for (var rest = buffer.AsMemory(0, count); !rest.IsEmpty;)
                    rest = rest[await to.SendAsync(rest, cancellationToken)..];
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // One side ended before the other: a closing browser does not wait for the server's close_notify. Both ends check what matters.
            to.Close(timeout: 0);
        }
        catch (ObjectDisposedException)
        {
            // The other direction closed it.
        }
    }
}
