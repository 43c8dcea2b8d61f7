using System.Buffers.Binary;

namespace Heliograph.Relay.OuterTls.Handshake;

/// <summary>Writes a handshake message; its length is filled in when it is asked for (RFC 8446 section 4).</summary>
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

    public void WriteByte(byte value) => Take(1)[0] = value;

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);

    public void WriteUInt24(int value)
    {
        WriteByte((byte)(value >> 16));
        WriteUInt16((ushort)value);
    }

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>The next bytes, for the caller to fill.</summary>
    public Span<byte> Take(int count)
    {
        var taken = buffer.Slice(length, count);
        length += count;
        return taken;
    }
}

/// <summary>The messages that we write or read by their number (RFC 8446 section 4).</summary>
internal enum HandshakeType : byte
{
    None = 0,
    ClientHello = 1,
    ServerHello = 2,
    NewSessionTicket = 4,
    EncryptedExtensions = 8,
    Certificate = 11,
    CertificateVerify = 15,
    Finished = 20,
}
