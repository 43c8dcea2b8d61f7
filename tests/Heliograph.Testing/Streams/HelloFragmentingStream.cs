using System.Buffers.Binary;

namespace Heliograph.Testing.Streams;

/// <summary>Splits the first TLS record written into several: a ClientHello over many records (RFC 8446, 5.1).</summary>
public sealed class HelloFragmentingStream : StreamOverStream
{
    private const int HeaderLength = 5;
    private readonly int piece;
    private bool done;

    public HelloFragmentingStream(Stream below, int piece) : base(below) => this.piece = piece;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (done)
            return base.WriteAsync(buffer, cancellationToken);
        done = true;
        return base.WriteAsync(Fragment(buffer.Span, piece), cancellationToken);
    }

    /// <summary>The same hello in records of at most <paramref name="piece"/> bytes of content.</summary>
    public static byte[] Fragment(ReadOnlySpan<byte> record, int piece)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(record[3..]);
        if (record.Length != HeaderLength + length)
            throw new ArgumentException("one whole TLS record is expected", nameof(record));
        using var result = new MemoryStream();
        Span<byte> header = stackalloc byte[HeaderLength];
        for (var content = record[HeaderLength..]; !content.IsEmpty;)
        {
            var size = Math.Min(piece, content.Length);
            record[..3].CopyTo(header);
            BinaryPrimitives.WriteUInt16BigEndian(header[3..], (ushort)size);
            result.Write(header);
            result.Write(content[..size]);
            content = content[size..];
        }
        return result.ToArray();
    }
}
