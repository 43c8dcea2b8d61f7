using Heliograph.Platform;

namespace Heliograph.Web.Http;

/// <summary>
/// A client's connection with its one deadline: when it passes, every wait below ends with an
/// <see cref="OperationCanceledException"/>, and so does the connection.
/// </summary>
internal sealed class ClientSocket : IDisposable
{
    private readonly ClientConnection connection;
    private readonly TimeProvider timeProvider;
    private readonly long started;
    private readonly CancellationTokenSource ended;
    private readonly CancellationTokenRegistration cancellation;

    public ClientSocket(ClientConnection connection, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        this.connection = connection;
        this.timeProvider = timeProvider;
        started = timeProvider.GetTimestamp();
        ended = new CancellationTokenSource(Timeout.InfiniteTimeSpan, timeProvider);
        cancellation = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), ended);
    }

    public CancellationToken Deadline => ended.Token;

    /// <summary>Since the client was accepted.</summary>
    public TimeSpan Age => connection.Age + timeProvider.GetElapsedTime(started);

    public void SetDeadline(TimeSpan fromNow) => ended.CancelAfter(fromNow);

    /// <inheritdoc cref="ClientConnection.HasEnded"/>
    public bool HasEnded => connection.HasEnded;

    public ValueTask<bool> HasUnreadAsync() => connection.HasUnreadAsync();

    /// <summary>Waits for the first byte without holding a buffer for it.</summary>
    public ValueTask WaitReadableAsync() => connection.WaitReadableAsync(ended.Token);

    /// <summary>As above, but returns false when it takes longer, and the connection stays open.</summary>
    public async ValueTask<bool> WaitReadableAsync(TimeSpan patience)
    {
        ended.CancelAfter(Timeout.InfiniteTimeSpan);
        using var timeout = new CancellationTokenSource(patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ended.Token);
        try
        {
            await connection.WaitReadableAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !ended.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>0 at the end of the stream.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> into) => connection.ReceiveAsync(into, ended.Token);

    /// <summary>
    /// Sends everything, a TLS record at a time; each one that the peer accepts restarts nginx's <c>send_timeout</c>. The last one ends
    /// with these bytes.
    /// </summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            SetDeadline(NginxClock.Send);
            var record = bytes[..Math.Min(bytes.Length, SslBuffer.Size)];
            await connection.SendAsync(record, ended.Token);
            bytes = bytes[record.Length..];
        }
    }

    public ValueTask FinishSendingAsync() => connection.FinishSendingAsync();

    /// <inheritdoc cref="ClientConnection.EndSilently"/>
    public void EndSilently() => connection.EndSilently();

    public void Dispose()
    {
        cancellation.Dispose();
        ended.Dispose();
        connection.Dispose();
    }
}
