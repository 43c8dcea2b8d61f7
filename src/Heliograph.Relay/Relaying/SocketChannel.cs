using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Relaying;

/// <summary>A side where we speak no TLS: Signal's host, the decoy, or a visitor without TLS.</summary>
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
