using System.Net.Sockets;

namespace Heliograph.Web.Http;

/// <summary>
/// A visitor's socket with its one deadline: when it passes, every wait below ends with an
/// <see cref="OperationCanceledException"/>, and so does the connection.
/// </summary>
internal sealed class ClientSocket : IDisposable
{
    private readonly Socket socket;
    private readonly TimeProvider timeProvider;
    private readonly CancellationTokenSource ended;
    private readonly CancellationTokenRegistration cancellation;

    public ClientSocket(Socket socket, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        this.socket = socket;
        this.timeProvider = timeProvider;
        ended = new CancellationTokenSource(Timeout.InfiniteTimeSpan, timeProvider);
        cancellation = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), ended);
    }

    public CancellationToken Deadline => ended.Token;

    public bool HasUnread => socket.Available > 0;

    public void SetDeadline(TimeSpan fromNow) => ended.CancelAfter(fromNow);

    /// <summary>Waits for the first byte without holding a buffer for it.</summary>
    public async ValueTask WaitReadableAsync() => await socket.ReceiveAsync(Memory<byte>.Empty, ended.Token);

    /// <summary>As above, but returns false when it takes longer, and the connection stays open.</summary>
    public async ValueTask<bool> WaitReadableAsync(TimeSpan patience)
    {
        ended.CancelAfter(Timeout.InfiniteTimeSpan);
        using var timeout = new CancellationTokenSource(patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ended.Token);
        try
        {
            await socket.ReceiveAsync(Memory<byte>.Empty, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !ended.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>0 at the end of the stream.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> into) => socket.ReceiveAsync(into, ended.Token);

    /// <summary>Sends everything; each part that the peer accepts restarts nginx's <c>send_timeout</c>.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            SetDeadline(NginxClock.Send);
            bytes = bytes[await socket.SendAsync(bytes, ended.Token)..];
        }
    }

    public void FinishSending() => socket.Shutdown(SocketShutdown.Send);

    public void Dispose()
    {
        cancellation.Dispose();
        ended.Dispose();
        socket.Dispose();
    }
}
