using System.Buffers;
using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Relaying;

/// <summary>
/// Bytes that wait to be sent or read. The buffer is rented only while there are any, so that an idle connection owns none.
/// </summary>
internal sealed class PendingBytes : IDisposable
{
    private readonly EventLoop loop;
    private byte[]? rented;
    private int start;
    private int end;
    private int latest;

    /// <param name="loop">Its <see cref="EventLoop.Held"/> counts what is rented.</param>
    public PendingBytes(EventLoop loop) => this.loop = loop;

    public int Count => end - start;

    /// <summary>Where in them the last ones begin that were appended.</summary>
    public int Latest => Math.Max(latest - start, 0);

    public Span<byte> Span => rented.AsSpan(start, Count);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        if (rented is null || rented.Length - end < bytes.Length)
            Grow(Count + bytes.Length);
        bytes.CopyTo(rented.AsSpan(end));
        latest = end;
        end += bytes.Length;
    }

    /// <summary>Removes <paramref name="count"/> bytes from the front.</summary>
    public void Consume(int count)
    {
        start += count;
        if (start == end)
            Dispose();
    }

    /// <summary>Moves the bytes into a new object without a copy; this one is empty afterwards.</summary>
    public PendingBytes MoveToNew()
    {
        var moved = new PendingBytes(loop) { rented = rented, start = start, end = end, latest = latest };
        rented = null;
        start = end = latest = 0;
        return moved;
    }

    public void Dispose()
    {
        if (rented is null)
            return;
        loop.Held -= rented.Length;
        ArrayPool<byte>.Shared.Return(rented);
        rented = null;
        start = end = latest = 0;
    }

    private void Grow(int capacity)
    {
        var larger = ArrayPool<byte>.Shared.Rent(capacity);
        var count = Count;
        Span.CopyTo(larger);
        Dispose();
        rented = larger;
        loop.Held += larger.Length;
        end = count;
    }
}
