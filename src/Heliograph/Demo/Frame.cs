using System.Buffers.Binary;

namespace Heliograph.Demo;

/// <summary>The framing between the demo's client and its stand-in: four bytes of length before each message.</summary>
internal static class Frame
{
    private const int Longest = 2 * 1024 * 1024;

    public static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var frame = new byte[4 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, message.Length);
        message.CopyTo(frame.AsMemory(4));
        await stream.WriteAsync(frame, cancellationToken);
    }

    /// <summary>The next message, or null if the stream ends between two.</summary>
    /// <exception cref="EndOfStreamException">It ends within a message.</exception>
    /// <exception cref="InvalidDataException">The demo never sends such a length.</exception>
    public static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[4];
        switch (await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken))
        {
            case 0:
                return null;
            case < 4:
                throw new EndOfStreamException("the connection ended within a message");
        }
        var length = BinaryPrimitives.ReadInt32BigEndian(header);
        if (length is < 0 or > Longest)
            throw new InvalidDataException($"a message of {length:N0} bytes is announced");
        var message = new byte[length];
        await stream.ReadExactlyAsync(message, cancellationToken);
        return message;
    }
}
