using System.Runtime.InteropServices;

namespace Heliograph.Relay.Countries;

/// <summary>
/// A data section of an MMDB file (MaxMind DB file format 2.0). Every read is checked and none recurses: a place that is wrong has no
/// value.
/// </summary>
/// <param name="bytes">The section.</param>
internal readonly ref struct MmdbData(ReadOnlySpan<byte> bytes)
{
    // "Data Field Format" of the specification.
    public const int Pointer = 1, Text = 2, Map = 7;

    private const int Extended = 0;
    private const int Array = 11;
    private const int Boolean = 14;
    private const int FirstExtended = 7;

    /// <summary>A record of a city in eight languages has some 200 values; a search that takes longer finds nothing.</summary>
    private const int MostValues = 1000;

    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>A value, and where what follows it begins.</summary>
    /// <param name="Type">What it is.</param>
    /// <param name="Size">Bytes of it; of a map, pairs; of a pointer, where it leads.</param>
    /// <param name="Start">Where its content begins.</param>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Value(int Type, int Size, int Start)
    {
        /// <summary>Where the value ends, or its first inner value begins.</summary>
        public int Next => Type is Map or Array or Boolean or Pointer ? Start : Start + Size;
    }

    /// <summary>The value at a place, where a pointer is followed once, as it may not lead to another.</summary>
    public bool TryFollow(int at, out Value value) =>
        TryRead(at, out value) && (value.Type != Pointer || (TryRead(value.Size, out value) && value.Type != Pointer));

    /// <summary>Finds the value of a key in a map.</summary>
    public bool TryFind(int map, ReadOnlySpan<byte> key, out int at)
    {
        at = 0;
        if (!TryFollow(map, out var found) || found.Type != Map)
            return false;
        var next = found.Start;
        var budget = MostValues;
        for (var left = found.Size; left > 0; left--)
        {
            if (!TryRead(next, out var own) || !TryFollow(next, out var name) || name.Type != Text)
                return false;
            at = own.Next;
            if (Bytes(name).SequenceEqual(key))
                return true;
            if (!TrySkip(at, ref budget, out next))
                return false;
        }
        return false;
    }

    /// <summary>The text at a place; empty if there is none.</summary>
    public ReadOnlySpan<byte> ReadText(int at) => TryFollow(at, out var value) && value.Type == Text ? Bytes(value) : [];

    /// <summary>A number without a sign of 32 bits at most.</summary>
    public bool TryReadNumber(int at, out uint number)
    {
        number = 0;
        // uint16, uint32, and uint64, which others write for the number of nodes.
        if (!TryFollow(at, out var value) || value.Type is not (5 or 6 or 9) || value.Size > sizeof(ulong))
            return false;
        var sum = 0UL;
        foreach (var one in Bytes(value))
            sum = (sum << 8) | one;
        number = (uint)sum;
        return sum <= uint.MaxValue;
    }

    private ReadOnlySpan<byte> Bytes(Value value) => bytes.Slice(value.Start, value.Size);

    private bool TryRead(int at, out Value value)
    {
        value = default;
        if ((uint)at >= (uint)bytes.Length)
            return false;
        var control = bytes[at++];
        var type = control >> 5;
        if (type == Pointer)
            return TryReadPointer(control, at, out value);
        if (type == Extended)
        {
            if (at >= bytes.Length)
                return false;
            type = FirstExtended + bytes[at++];
        }
        var size = control & 31;
        if (size > 28)
        {
            var more = size - 28;
            if (bytes.Length - at < more)
                return false;
            size = Number(at, more) + (more switch { 1 => 29, 2 => 285, _ => 65_821 });
            at += more;
        }
        value = new(type, size, at);
        // An inner value has a byte at least.
        return value.Next == at ? type == Boolean || size <= bytes.Length - at : value.Next <= bytes.Length && value.Next > at;
    }

    private bool TryReadPointer(int control, int at, out Value value)
    {
        value = default;
        var length = ((control >> 3) & 3) + 1;
        if (bytes.Length - at < length)
            return false;
        var high = length == 4 ? 0 : (control & 7) << (8 * length);
        var offset = length == 4 && bytes[at] > 0x7f ? -1 : high + Number(at, length) + (length switch { 2 => 2048, 3 => 526_336, _ => 0 });
        value = new(Pointer, offset, at + length);
        return offset >= 0;
    }

    private int Number(int at, int length)
    {
        var number = 0;
        foreach (var one in bytes.Slice(at, length))
            number = (number << 8) | one;
        return number;
    }

    /// <summary>Steps over a value with all that is in it.</summary>
    private bool TrySkip(int at, ref int budget, out int next)
    {
        next = at;
        for (long left = 1; left > 0; left--)
        {
            if (budget-- == 0 || !TryRead(next, out var value))
                return false;
            next = value.Next;
            left += value.Type switch { Map => 2L * value.Size, Array => value.Size, _ => 0 };
        }
        return true;
    }
}
