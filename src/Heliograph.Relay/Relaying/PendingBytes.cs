using System.Buffers;

namespace Heliograph.Relay.Relaying;

/// <summary>Bytes that wait: for a peer to take them, or for somebody to read them. Rented only while there are some, so that an idle connection owns no buffer.</summary>
internal sealed class PendingBytes : IDisposable
{
    private byte[]? rented;
    private int start;
    private int end;

    public int Count => end - start;

    public Span<byte> Span => rented.AsSpan(start, Count);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        if (rented is null || rented.Length - end < bytes.Length)
            Move(Count + bytes.Length);
        bytes.CopyTo(rented.AsSpan(end));
        end += bytes.Length;
    }

    /// <summary>Takes <paramref name="count"/> bytes off the front.</summary>
    public void Consume(int count)
    {
        start += count;
        if (start == end)
            Dispose();
    }

    /// <summary>Hands the bytes over; this one is empty then.</summary>
    public PendingBytes Take()
    {
        var taken = new PendingBytes { rented = rented, start = start, end = end };
        rented = null;
        start = end = 0;
        return taken;
    }

    public void Dispose()
    {
        if (rented is null)
            return;
        ArrayPool<byte>.Shared.Return(rented);
        rented = null;
        start = end = 0;
    }

    private void Move(int capacity)
    {
        var larger = ArrayPool<byte>.Shared.Rent(capacity);
        var count = Count;
        Span.CopyTo(larger);
        Dispose();
        rented = larger;
        end = count;
    }
}
