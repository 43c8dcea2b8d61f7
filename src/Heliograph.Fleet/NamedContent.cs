using System.Buffers.Binary;
using System.Text;

namespace Heliograph.Fleet;

/// <summary>
/// What is sealed: a number, a name and bytes. The name has to be inside, because that of the key in etcd says nothing even to who may
/// read it.
/// </summary>
internal static class NamedContent
{
    private const int NameAt = 10;

    /// <summary>A set of names is written as its names, up to the 100 that an authority takes.</summary>
    public const int LongestName = 32 * 1024;

    public static byte[] Write(string name, long number, ReadOnlySpan<byte> content)
    {
        var text = Encoding.UTF8.GetBytes(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, LongestName, nameof(name));
        var bytes = new byte[NameAt + text.Length + content.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(8), (ushort)text.Length);
        text.CopyTo(bytes, NameAt);
        content.CopyTo(bytes.AsSpan(NameAt + text.Length));
        return bytes;
    }

    /// <summary>Null: it is not written like that. It was sealed by one of the fleet, so that this is a defect and no attack.</summary>
    public static (string Name, long Number, ReadOnlyMemory<byte> Content)? Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < NameAt)
            return null;
        var end = NameAt + BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[8..]);
        return end > bytes.Length
            ? null
            : (Encoding.UTF8.GetString(bytes.Span[NameAt..end]), BinaryPrimitives.ReadInt64BigEndian(bytes.Span), bytes[end..]);
    }
}
