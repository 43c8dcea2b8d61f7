using System.Buffers.Binary;

namespace Heliograph.Tls13.Handshake;

/// <summary>Writes a handshake message; <see cref="Message"/> fills in its length (RFC 8446 section 4).</summary>
internal ref struct MessageWriter
{
    private const int HeaderLength = 4;

    private readonly Span<byte> buffer;
    private int length = HeaderLength;

    public MessageWriter(Span<byte> buffer, HandshakeType type)
    {
        this.buffer = buffer;
        buffer[..HeaderLength].Clear();
        buffer[0] = (byte)type;
    }

    public readonly ReadOnlySpan<byte> Message
    {
        get
        {
            BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)(length - HeaderLength));
            return buffer[..length];
        }
    }

    public void WriteByte(byte value) => Reserve(1)[0] = value;

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), value);

    public void WriteUInt24(int value)
    {
        WriteByte((byte)(value >> 16));
        WriteUInt16((ushort)value);
    }

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>The next bytes, for the caller to fill.</summary>
    public Span<byte> Reserve(int count)
    {
        var reserved = buffer.Slice(length, count);
        length += count;
        return reserved;
    }
}
