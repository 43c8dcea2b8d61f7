using Heliograph.Relay.Loop;
using Heliograph.Relay.Relaying;
using Heliograph.Tls13.Records;

namespace Heliograph.Relay.OuterTls;

/// <summary>The client's side from the first byte of its hello on: shakes hands, and is an ordinary channel, or leads to one, when that is done.</summary>
internal abstract class HandshakeChannel(LoopSocket socket) : Channel(socket)
{
    /// <summary>Whether the application protocol <c>h2</c> was agreed on; after the handshake.</summary>
    public abstract bool NegotiatedHttp2 { get; }

    /// <summary>Shakes hands.</summary>
    /// <returns>Null when done, otherwise why not; an alert may have been sent.</returns>
    public async ValueTask<string?> HandshakeAsync()
    {
        while (true)
        {
            var step = HandshakeStep(out var failure);
            if (step == IoStatus.Broken)
                return failure;
            while (HasOutput)
            {
                if (!await Socket.Writable() || !Flush())
                    return "the connection broke";
            }
            if (step == IoStatus.Done)
                return null;
            if (!await Socket.Readable())
                return "cancelled";
        }
    }

    /// <summary>What goes on with the connection after the handshake: this channel, or another one; this one is empty then, and not to be disposed of.</summary>
    public abstract Channel Established(RecordLayer records);

    /// <summary>Sends what libssl would hold in its buffer of 4,096 bytes, in pieces of that size: who counts packets sees as many as from nginx.</summary>
    /// <returns>False: the connection is broken.</returns>
    protected bool SendInPieces(ReadOnlySpan<byte> flight)
    {
        const int Buffer = 4096;
        for (; flight.Length > Buffer; flight = flight[Buffer..])
        {
            if (!SendOrKeep(flight[..Buffer]))
                return false;
        }
        return SendOrKeep(flight);
    }

    /// <summary>As far as it goes without waiting.</summary>
    /// <returns>Done, WouldBlock: more of the client is needed, or Broken.</returns>
    protected abstract IoStatus HandshakeStep(out string? failure);
}
