namespace Heliograph.Testing.Streams;

/// <summary>Shows what is written first, before it is sent.</summary>
public sealed class FirstWriteStream(Stream below, Action<ReadOnlyMemory<byte>> show) : StreamOverStream(below)
{
    private Action<ReadOnlyMemory<byte>>? show = show;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        show?.Invoke(buffer);
        show = null;
        return base.WriteAsync(buffer, cancellationToken);
    }
}
