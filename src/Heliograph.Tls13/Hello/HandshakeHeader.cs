namespace Heliograph.Tls13.Hello;

/// <summary>
/// The first four bytes of a handshake message: its type, not kept here, and the length of its body (RFC 8446 section 4).
/// </summary>
internal readonly record struct HandshakeHeader(int BodyLength)
{
    public const int Length = 4;
    public const byte ClientHello = 1;

    public int MessageLength => Length + BodyLength;

    public static bool TryRead(ReadOnlySpan<byte> message, out HandshakeHeader header)
    {
        header = default;
        if (message.Length < Length)
            return false;

        header = new HandshakeHeader((message[1] << 16) | (message[2] << 8) | message[3]);
        return true;
    }
}
