using Heliograph.Relay.Loop;
using Heliograph.Tls13.Records;

namespace Heliograph.Relay.Relaying;

/// <summary>One side of a relayed connection, with or without TLS: reads and writes bytes, and never waits. Owns its socket.</summary>
internal abstract class Channel : IDisposable
{
    /// <summary>
    /// How much may wait for a peer that does not read. The pump stops reading while anything waits, so only a peer that makes us answer
    /// endlessly (KeyUpdate) reaches this: its connection ends.
    /// </summary>
    private const int LargestOutput = 256 * 1024;

    /// <summary>The smallest destination of a read: room for one TLS record.</summary>
    public const int SmallestRead = RecordLayer.LargestFragment;

    private PendingBytes? output;

    protected Channel(LoopSocket socket) => Socket = socket;

    public LoopSocket Socket { get; }

    /// <summary>Whether written bytes wait for the socket: await <see cref="LoopSocket.Writable"/>, then <see cref="Flush"/>.</summary>
    public bool HasOutput => output is not null;

    /// <summary>
    /// Reads what is there. <see cref="IoStatus.Done"/> with 0 bytes: try again after the other connections had their turn.
    /// </summary>
    /// <param name="destination">At least <see cref="SmallestRead"/> bytes.</param>
    public abstract IoResult Read(Span<byte> destination);

    /// <summary>Takes all the bytes; what the socket does not take waits in the channel.</summary>
    /// <returns>False: the connection is broken.</returns>
    public abstract bool Write(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// The next bytes are written in a TLS record of at least this length, by padding within it. Without TLS 1.3 there is none.
    /// </summary>
    public virtual void PadNextRecord(int length)
    {
    }

    /// <summary>Says in the channel's own way that no more bytes follow. The caller sends the FIN, once nothing waits.</summary>
    public abstract bool WriteEnd();

    /// <summary>Sends what waits, as far as the socket takes it.</summary>
    /// <returns>False: the connection is broken.</returns>
    public bool Flush()
    {
        while (output is { Count: > 0 })
        {
            var sent = Send(output.Span);
            if (sent.Status == IoStatus.WouldBlock)
                return true;
            if (sent.Status != IoStatus.Done)
                return false;
            output.Consume(sent.Count);
        }
        output = null;
        return true;
    }

    /// <summary>
    /// Whether nginx would leave bytes of the client's unread when it closes: the kernel then sends RST in place of FIN.
    /// </summary>
    protected bool LeavesUnread { get; set; }

    public virtual void Dispose()
    {
        output?.Dispose();
        if (LeavesUnread)
            Socket.Reset();
        else
            Socket.Dispose();
    }

    /// <summary>Sends bytes after what already waits; keeps what the socket does not take.</summary>
    protected bool SendOrKeep(ReadOnlySpan<byte> bytes)
    {
        if (output is null)
        {
            while (!bytes.IsEmpty)
            {
                var sent = Send(bytes);
                if (sent.Status == IoStatus.WouldBlock)
                    break;
                if (sent.Status != IoStatus.Done)
                    return false;
                bytes = bytes[sent.Count..];
            }
        }
        if (bytes.IsEmpty)
            return true;
        output ??= new PendingBytes(Socket.Loop);
        if (output.Count + bytes.Length > LargestOutput)
            return false;
        output.Append(bytes);
        return true;
    }

    private unsafe IoResult Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            return Socket.Send(start, bytes.Length);
    }
}
