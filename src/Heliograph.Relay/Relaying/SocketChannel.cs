using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Relaying;

/// <summary>A side without TLS of ours: Signal's host, the decoy, or a visitor who speaks no TLS.</summary>
internal sealed class SocketChannel : Channel
{
    public SocketChannel(LoopSocket socket) : base(socket)
    {
    }

    public override unsafe IoResult Read(Span<byte> destination)
    {
        fixed (byte* start = destination)
            return Socket.Receive(start, Math.Min(destination.Length, EventLoop.ReceiveSize));
    }

    public override bool Write(ReadOnlySpan<byte> bytes) => SendOrKeep(bytes);

    public override bool WriteEnd() => true;
}
