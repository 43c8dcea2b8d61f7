using System.Buffers;

namespace Heliograph.Demo;

/// <summary>The bytes that passed in one direction.</summary>
internal sealed class Recording
{
    /// <summary>Several times what the demo sends.</summary>
    private const int Most = 8 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> bytes = new();

    /// <summary>All bytes. Read it only after the direction has ended.</summary>
    public byte[] Bytes => bytes.WrittenSpan.ToArray();

    /// <exception cref="InvalidDataException">There are more bytes than the demo ever sends.</exception>
    public void Append(ReadOnlySpan<byte> more)
    {
        if (bytes.WrittenCount + more.Length > Most)
            throw new InvalidDataException($"more than {Most:N0} bytes passed");
        bytes.Write(more);
    }
}
