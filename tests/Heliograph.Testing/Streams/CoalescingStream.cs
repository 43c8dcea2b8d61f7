namespace Heliograph.Testing.Streams;

/// <summary>
/// Holds writes back until the next read, then sends them as one. Below an outer SslStream that puts the inner hello
/// into the same TCP segment as the outer Finished, as libsignal sometimes does.
/// </summary>
public sealed class CoalescingStream : StreamOverStream
{
    private readonly MemoryStream held = new();
    private readonly List<int> sent = [];
    private bool holding = true;

    public CoalescingStream(Stream below) : base(below)
    {
    }

    /// <summary>The sizes of the writes that were sent while holding.</summary>
    public IReadOnlyList<int> Sent => sent;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!holding)
            return base.WriteAsync(buffer, cancellationToken);
        held.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await SendHeldAsync(cancellationToken);
        return await base.ReadAsync(buffer, cancellationToken);
    }

    /// <summary>After the handshakes: sends what is held and stops holding, because a pending read would hold writes forever.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        await SendHeldAsync(cancellationToken);
        holding = false;
    }

    private async Task SendHeldAsync(CancellationToken cancellationToken)
    {
        if (held.Length == 0)
            return;
        var together = held.ToArray();
        held.SetLength(0);
        sent.Add(together.Length);
        await Below.WriteAsync(together, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            held.Dispose();
        base.Dispose(disposing);
    }
}
