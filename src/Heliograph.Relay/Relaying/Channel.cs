using Heliograph.Relay.Loop;
using Heliograph.Tls13.Records;

namespace Heliograph.Relay.Relaying;

/// <summary>One side of a relayed connection, with TLS or without: bytes out of it and bytes into it, never waiting. Owns its socket.</summary>
internal abstract class Channel : IDisposable
{
    /// <summary>
    /// What may wait for a peer that does not read. A pump stops reading while anything waits, so this is reached only by a peer that makes OpenSSL
    /// answer without end (KeyUpdate): its connection ends.
    /// </summary>
    private const int LargestOutput = 256 * 1024;

    /// <summary>The smallest destination of a read: what one TLS record may hold.</summary>
    public const int SmallestRead = RecordLayer.LargestFragment;

    private PendingBytes? output;

    protected Channel(LoopSocket socket) => Socket = socket;

    public LoopSocket Socket { get; }

    /// <summary>Whether written bytes still wait for the socket: await <see cref="LoopSocket.Writable"/>, then <see cref="Flush"/>.</summary>
    public bool HasOutput => output is not null;

    /// <summary>Reads what is there. Nothing at all can be <see cref="IoStatus.Done"/> too: then there may be more, after the other connections' turn.</summary>
    /// <param name="destination">At least <see cref="SmallestRead"/> bytes.</param>
    public abstract IoResult Read(Span<byte> destination);

    /// <summary>Takes all the bytes; what the socket does not take waits in the channel.</summary>
    /// <returns>False: the connection is broken.</returns>
    public abstract bool Write(ReadOnlySpan<byte> bytes);

    /// <summary>Says that no more bytes come, in the channel's own way; the FIN is the caller's to send, once nothing waits any more.</summary>
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

    public virtual void Dispose()
    {
        output?.Dispose();
        Socket.Dispose();
    }

    /// <summary>Hands bytes to the socket behind what already waits.</summary>
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
        output ??= new PendingBytes();
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
