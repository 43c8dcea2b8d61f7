namespace Heliograph.Checking;

/// <summary>Keeps the first bytes that a server sends: when a handshake fails, they show what answered.</summary>
internal sealed class AnswerTap(Stream below) : StreamOverStream(below)
{
    /// <summary>The head of any web server's error page.</summary>
    private const int Most = 2048;

    private readonly byte[] first = new byte[Most];
    private int count;

    public ReadOnlySpan<byte> First => first.AsSpan(0, count);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await base.ReadAsync(buffer, cancellationToken);
        var kept = Math.Min(read, Most - count);
        buffer.Span[..kept].CopyTo(first.AsSpan(count));
        count += kept;
        return read;
    }
}
