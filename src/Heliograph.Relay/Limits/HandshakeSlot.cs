using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Limits;

/// <summary>Resumes a held client when its slot for a handshake comes.</summary>
internal sealed class HandshakeSlot(EventLoop loop, LoopSocket socket) : IDeadlineOwner
{
    public void Expired() => loop.Schedule(socket.Resume);
}
