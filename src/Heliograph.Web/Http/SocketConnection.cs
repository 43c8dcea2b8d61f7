using System.Net.Sockets;
using Heliograph.Platform;

namespace Heliograph.Web.Http;

/// <summary>A connection of our own listeners, without TLS. Owns the socket.</summary>
internal sealed class SocketConnection(Socket socket) : ClientConnection
{
    public override ValueTask<bool> HasUnreadAsync() => new(socket.Available > 0);

    public override async ValueTask WaitReadableAsync(CancellationToken cancellationToken) =>
        await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);

    public override ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken) =>
        socket.ReceiveAsync(into, cancellationToken);

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
    }

    public override ValueTask FinishSendingAsync()
    {
        socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        socket.Dispose();
        base.Dispose(disposing);
    }
}
