using Heliograph.Relay.Loop;
using Heliograph.Relay.Relaying;
using Heliograph.Tls13.Handshake;
using Heliograph.Tls13.Records;
using Heliograph.Tls13.Session;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// The client's side of TLS 1.3 without libssl: the socket, and the bytes that wait, of a <see cref="Tls13Session"/>. Used after libssl's
/// handshake, or from the server's flight on.
/// </summary>
internal sealed class Tls13Channel : HandshakeChannel, IRecordSink
{
    private readonly Tls13Session session;
    private readonly PendingBytes input;

    /// <summary>After a handshake.</summary>
    /// <param name="records">The loop's record layer.</param>
    /// <param name="keys">Owned from here on.</param>
    /// <param name="socket">The client's socket; owned from here on.</param>
    /// <param name="input">The bytes that came after the handshake; owned from here on.</param>
    public Tls13Channel(RecordLayer records, SessionKeys keys, LoopSocket socket, PendingBytes input) : base(socket)
    {
        session = new Tls13Session(records, keys, this);
        this.input = input;
    }

    /// <summary>Sends the server's flight, after which the client's Finished has to come.</summary>
    /// <param name="records">The loop's record layer.</param>
    /// <param name="answer">Owned from here on.</param>
    /// <param name="socket">The client's socket; owned from here on.</param>
    public Tls13Channel(RecordLayer records, HandshakeAnswer answer, LoopSocket socket) : base(socket)
    {
        session = new HandshakeSession(records, answer, this);
        input = new PendingBytes(socket.Loop);
        NegotiatedHttp2 = answer.ApplicationProtocol.SequenceEqual("h2"u8);
        // The first HandshakeStep sees that the connection is broken.
        if (!SendInPieces(answer.Flight))
            socket.Cancel();
    }

    public override bool NegotiatedHttp2 { get; }

    public override Channel Established(RecordLayer records) => this;

    public override unsafe IoResult Read(Span<byte> destination)
    {
        if (session.State != SessionState.Open)
            return new IoResult(End(), 0);
        var buffer = Socket.Loop.Received;
        var kept = input.Count;
        var total = kept;
        if (!session.CanRead(input.Span))
        {
            var received = Socket.Receive(buffer + kept, RecordLayer.ReceiveSize - kept);
            if (received.Status != IoStatus.Done)
            {
                if (received.Status == IoStatus.Closed)
                    session.EndRead();
                return received;
            }
            total += received.Count;
        }
        input.Span.CopyTo(new Span<byte>(buffer, kept));
        var readsAhead = LibsslReads.ReadsAheadAlways || session.IsEstablished;
        var read = session.Read(new ReadOnlySpan<byte>(buffer, total), destination, out var written);
        input.Consume(kept);
        input.Append(new ReadOnlySpan<byte>(buffer + read, total - read));
        if (session.State != SessionState.Open)
        {
            var isSplit = session.LastRecord + RecordLayer.HeaderLength <= kept && read > kept;
            LeavesUnread = LibsslReads.Leaves(input.Count, isSplit, readsAhead);
        }
        return written > 0 || session.State == SessionState.Open ? IoResult.Done(written) : new IoResult(End(), 0);
    }

    public override bool Write(ReadOnlySpan<byte> bytes) => session.Write(bytes);

    public override void PadNextRecord(int length) => session.PadNextRecord(length);

    public override bool WriteEnd() => session.WriteEnd();

    public override void Dispose()
    {
        session.Dispose();
        input.Dispose();
        base.Dispose();
    }

    bool IRecordSink.Send(ReadOnlySpan<byte> records) => SendOrKeep(records);

    protected override unsafe IoStatus HandshakeStep(out string? failure)
    {
        failure = null;
        // Nothing is ever written there: the session takes application data only after the handshake.
        var nothing = stackalloc byte[SmallestRead];
        while (!session.IsEstablished)
        {
            var read = Read(new Span<byte>(nothing, SmallestRead));
            if (read.Status == IoStatus.WouldBlock)
                return IoStatus.WouldBlock;
            if (read.Status == IoStatus.Done)
                continue;
            failure = session.SentAlert is { } alert ? $"the client was sent the alert {alert}" : "the client ended the connection";
            return IoStatus.Broken;
        }
        return IoStatus.Done;
    }

    private IoStatus End() => session.State == SessionState.Closed ? IoStatus.Closed : IoStatus.Broken;
}
