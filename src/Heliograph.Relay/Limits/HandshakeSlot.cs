using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Limits;

/// <summary>Lets a held client go on with its handshake once its turn has come.</summary>
internal sealed class HandshakeSlot(EventLoop loop, LoopSocket socket) : IDeadlineOwner
{
    public void Expired() => loop.Schedule(socket.Resume);
}
