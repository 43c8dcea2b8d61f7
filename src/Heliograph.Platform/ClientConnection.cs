namespace Heliograph.Platform;

/// <summary>
/// A client's connection, as the server in this process sees it that answers the client. Not for two calls at the same time; any thread may
/// make one, and after it the server may find itself on another.
/// </summary>
public abstract class ClientConnection : IDisposable
{
    /// <summary>How long ago the client was accepted, when the server got the connection.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>Whether bytes wait to be received. False at the end of the stream.</summary>
    public abstract ValueTask<bool> HasUnreadAsync();

    /// <summary>The client's end was seen, behind what waits to be received. False if it cannot be known without taking that.</summary>
    public virtual bool HasEnded => false;

    /// <summary>Waits for bytes, or for the end of the stream, and holds no buffer meanwhile.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled; the connection can still be used.</exception>
    public abstract ValueTask WaitReadableAsync(CancellationToken cancellationToken);

    /// <summary>Receives what there is; 0 at the end of the stream.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken);

    /// <summary>Sends all the bytes. Under TLS, what one call sends shares no record with what another sends.</summary>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>
    /// What has been received already and waits to be taken, for who can answer it at once. May be empty although more waits.
    /// </summary>
    public virtual ReadOnlySpan<byte> Received => [];

    /// <summary>
    /// Sends all the bytes, as <see cref="SendAsync"/> does, but waits for nothing: what the client does not take yet goes before the end
    /// that <see cref="FinishSendingAsync"/> says.
    /// </summary>
    /// <returns>False: nothing was sent, and <see cref="SendAsync"/> has to.</returns>
    public virtual bool TrySend(ReadOnlySpan<byte> bytes) => false;

    /// <summary>Says that no more bytes follow.</summary>
    public abstract ValueTask FinishSendingAsync();

    /// <summary>
    /// From now on the connection ends without a word: under TLS there is no close_notify before the FIN, as nginx ends a connection that
    /// failed (ngx_ssl_shutdown).
    /// </summary>
    public virtual void EndSilently()
    {
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the connection, if this object owns it.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
