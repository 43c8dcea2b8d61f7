namespace Heliograph.Testing.Streams;

/// <summary>Writes in small pieces. Below an SslStream a piece is a TCP segment (without Nagle), above one it is a TLS record.</summary>
public sealed class SplittingStream : StreamOverStream
{
    private readonly int piece;
    private long left;

    /// <param name="below">The stream that receives the pieces.</param>
    /// <param name="piece">Bytes in a piece.</param>
    /// <param name="limit">After this many bytes, writes pass unsplit, so that no test pays for megabytes of one-byte records.</param>
    public SplittingStream(Stream below, int piece, long limit = long.MaxValue) : base(below)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(piece);
        this.piece = piece;
        left = limit;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var size = left > 0 ? Math.Min(piece, buffer.Length) : buffer.Length;
            await Below.WriteAsync(buffer[..size], cancellationToken);
            left -= size;
            buffer = buffer[size..];
        }
    }
}
