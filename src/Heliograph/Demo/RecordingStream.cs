namespace Heliograph.Demo;

/// <summary>Records what is read and written, below the TLS of the stand-in: everything that the operator of a proxy can see.</summary>
internal sealed class RecordingStream(Stream below) : StreamOverStream(below)
{
    public Recording Received { get; } = new();

    public Recording Sent { get; } = new();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await base.ReadAsync(buffer, cancellationToken);
        Received.Append(buffer.Span[..count]);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Sent.Append(buffer.Span);
        await base.WriteAsync(buffer, cancellationToken);
    }
}
