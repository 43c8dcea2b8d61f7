using Heliograph.Relay.Loop;
using Heliograph.Relay.Relaying;
using Heliograph.Tls13.Records;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// The client's side from the first byte of its hello on: performs the handshake, and then is, or creates, an ordinary channel.
/// </summary>
internal abstract class HandshakeChannel(LoopSocket socket) : Channel(socket)
{
    /// <summary>Whether the application protocol <c>h2</c> was agreed on; after the handshake.</summary>
    public abstract bool NegotiatedHttp2 { get; }

    /// <summary>Performs the handshake.</summary>
    /// <returns>Null: done. Otherwise why it failed; an alert may have been sent.</returns>
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

    /// <summary>
    /// The channel for the connection after the handshake: this one, or another. In that case this one is empty and must not be disposed
    /// of.
    /// </summary>
    public abstract Channel Established(RecordLayer records);

    /// <summary>
    /// Sends in pieces of 4,096 bytes, the size of libssl's buffer: an observer who counts packets sees as many as from nginx.
    /// </summary>
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

    /// <summary>Goes as far as possible without waiting.</summary>
    /// <returns>Done, WouldBlock (more from the client is needed), or Broken.</returns>
    protected abstract IoStatus HandshakeStep(out string? failure);
}
