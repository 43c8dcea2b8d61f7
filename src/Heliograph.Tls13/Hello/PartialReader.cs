using System.Buffers.Binary;

namespace Heliograph.Tls13.Hello;

/// <summary>
/// Walks a structure whose length is known and whose first bytes are here: a field that goes past the end is told from one still to come.
/// </summary>
internal ref struct PartialReader(ReadOnlySpan<byte> here, int length)
{
    private readonly ReadOnlySpan<byte> here = here;
    private readonly int length = length;
    private int position;

    /// <summary>How many bytes of the structure follow, here or not.</summary>
    public readonly int Remaining => length - position;

    /// <summary>What the last read that failed means for the hello.</summary>
    public HelloStatus Failure { get; private set; } = HelloStatus.NotAClientHello;

    public bool TryReadByte(out byte value)
    {
        var read = TryRead(1, out var bytes);
        value = read ? bytes[0] : default;
        return read;
    }

    public bool TryReadUInt16(out ushort value)
    {
        var read = TryRead(2, out var bytes);
        value = read ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : default;
        return read;
    }

    /// <summary>Reads a vector with a length of one byte: <c>opaque value&lt;least..most&gt;</c> (RFC 8446 section 3.4).</summary>
    public bool TryReadVector8(int least, int most, out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryReadByte(out var count) && (count >= least && count <= most || Refuse()) && TryRead(count, out value);
    }

    /// <summary>Reads a vector with a length of two bytes.</summary>
    public bool TryReadVector16(int least, out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryReadUInt16(out var count) && (count >= least || Refuse()) && TryRead(count, out value);
    }

    public bool TryRead(int count, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (count > length - position)
            return Refuse();

        if (count > here.Length - position)
        {
            Failure = HelloStatus.NeedMore;
            return false;
        }

        value = here.Slice(position, count);
        position += count;
        return true;
    }

    private bool Refuse()
    {
        Failure = HelloStatus.NotAClientHello;
        return false;
    }
}
