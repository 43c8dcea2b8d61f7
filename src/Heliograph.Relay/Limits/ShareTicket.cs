using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Limits;

/// <summary>A place in the queue of a <see cref="Shaper"/>, for one share.</summary>
internal sealed class ShareTicket
{
    private readonly EventLoop loop;
    private readonly LoopSocket socket;

    /// <param name="loop">The loop of the socket.</param>
    /// <param name="socket">Held until the share is granted.</param>
    public ShareTicket(EventLoop loop, LoopSocket socket)
    {
        this.loop = loop;
        this.socket = socket;
        Node = new(this);
    }

    /// <summary>Its place.</summary>
    public LinkedListNode<ShareTicket> Node { get; }

    /// <summary>What was granted; 0 while it waits.</summary>
    public int Share { get; private set; }

    /// <summary>From any thread.</summary>
    public void Grant(int share)
    {
        Share = share;
        loop.Post(socket.Resume);
    }
}
