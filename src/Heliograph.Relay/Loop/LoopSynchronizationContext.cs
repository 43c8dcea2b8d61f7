namespace Heliograph.Relay.Loop;

/// <summary>Brings ordinary tasks (name resolution) back to the loop that awaits them.</summary>
internal sealed class LoopSynchronizationContext : SynchronizationContext
{
    private readonly EventLoop loop;

    public LoopSynchronizationContext(EventLoop loop) => this.loop = loop;

    public override void Post(SendOrPostCallback d, object? state) => loop.Post(() => d(state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("A loop is never waited for.");

    public override SynchronizationContext CreateCopy() => this;
}
