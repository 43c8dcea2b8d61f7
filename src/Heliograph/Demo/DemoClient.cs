using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Heliograph.Demo;

/// <summary>Does what a Signal client does: TLS to the proxy, without ALPN, and inside it TLS to one of Signal's hosts.</summary>
internal sealed class DemoClient : IAsyncDisposable
{
    /// <summary>An address of its own, to show who saw whom: on Linux all of 127.0.0.0/8 is this machine.</summary>
    public static readonly IPAddress Address = IPAddress.Parse("127.0.0.2");

    private readonly Socket socket;
    private readonly SslStream outer;
    private readonly SslStream inner;

    private DemoClient(Socket socket, SslStream outer)
    {
        this.socket = socket;
        this.outer = outer;
        inner = new SslStream(outer);
    }

    /// <summary>Connects from <see cref="Address"/>.</summary>
    public static async Task<Socket> ConnectAsync(IPEndPoint to, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(Address, 0));
            await socket.ConnectAsync(to, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects, and performs both handshakes.</summary>
    public static async Task<DemoClient> ConnectAsync(
        IPEndPoint to, SslClientAuthenticationOptions proxy, SslClientAuthenticationOptions signal, CancellationToken cancellationToken)
    {
        var socket = await ConnectAsync(to, cancellationToken);
        var outer = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await outer.AuthenticateAsClientAsync(proxy, cancellationToken);
            var client = new DemoClient(socket, outer);
            await client.inner.AuthenticateAsClientAsync(signal, cancellationToken);
            return client;
        }
        catch
        {
            await outer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a message and waits for the answer.</summary>
    public async Task<byte[]> AskAsync(byte[] message, CancellationToken cancellationToken)
    {
        await Frame.WriteAsync(inner, message, cancellationToken);
        return await Frame.ReadAsync(inner, cancellationToken) ?? throw new EndOfStreamException("the connection ended before the answer");
    }

    /// <summary>Closes both layers in order and reads to the end, so that the recording is complete.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await inner.ShutdownAsync();
        await inner.CopyToAsync(Stream.Null, cancellationToken);
        await outer.ShutdownAsync();
        socket.Shutdown(SocketShutdown.Send);
        await outer.CopyToAsync(Stream.Null, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await inner.DisposeAsync();
        await outer.DisposeAsync();
    }
}
