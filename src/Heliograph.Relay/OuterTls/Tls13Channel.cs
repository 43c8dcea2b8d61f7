using System.Buffers.Binary;
using Heliograph.Relay.Loop;
using Heliograph.Relay.OuterTls.Handshake;
using Heliograph.Relay.Relaying;

namespace Heliograph.Relay.OuterTls;

/// <summary>
/// The client's side of TLS 1.3, from the server's flight on or once libssl has shaken hands: what OpenSSL's own record layer would do, alert by alert, without its copies and its
/// memory.
/// </summary>
internal sealed class Tls13Channel : HandshakeChannel
{
    /// <summary>Records without application data that are taken before the other connections have their turn.</summary>
    private const int MostControlRecords = 64;

    /// <summary>OpenSSL's bounds on what a peer may send to no end: MAX_EMPTY_RECORDS and MAX_WARN_ALERT_COUNT.</summary>
    private const int MostEmptyRecords = 32, MostWarnings = 5;

    private readonly EventLoop loop;
    private readonly RecordLayer records;
    private readonly TrafficKey writeKey;
    private readonly PendingBytes input;
    private TrafficKey readKey;
    private ClientFinished? awaited;
    private Alert? refusal;
    private KeyUpdateMessage message;
    private byte emptyRecords;
    private byte warnings;
    private bool owesKeyUpdate;
    private IoStatus? ended;

    /// <summary>After a handshake.</summary>
    /// <param name="loop">The loop of the socket.</param>
    /// <param name="records">The loop's record layer.</param>
    /// <param name="readKey">The client's; owned from here on.</param>
    /// <param name="writeKey">The server's; owned from here on.</param>
    /// <param name="socket">The client's socket; owned from here on.</param>
    /// <param name="input">What came behind the handshake; owned from here on.</param>
    public Tls13Channel(EventLoop loop, RecordLayer records, TrafficKey readKey, TrafficKey writeKey, LoopSocket socket, PendingBytes input) : base(socket)
    {
        this.loop = loop;
        this.records = records;
        this.readKey = readKey;
        this.writeKey = writeKey;
        this.input = input;
    }

    /// <summary>Between the server's flight and the client's Finished, which is then to come under <paramref name="readKey"/>.</summary>
    public Tls13Channel(EventLoop loop, RecordLayer records, TrafficKey readKey, TrafficKey writeKey, LoopSocket socket, ClientFinished awaited, bool negotiatedHttp2)
        : this(loop, records, readKey, writeKey, socket, new PendingBytes())
    {
        this.awaited = awaited;
        NegotiatedHttp2 = negotiatedHttp2;
    }

    public override bool NegotiatedHttp2 { get; }

    public override Channel Established(RecordLayer records) => this;

    /// <summary>Sends the server's flight, which the first <see cref="HandshakeStep"/> finds sent or waiting.</summary>
    public void SendFlight(ReadOnlySpan<byte> flight)
    {
        if (!SendInPieces(flight))
            ended = IoStatus.Broken;
    }

    public override unsafe IoResult Read(Span<byte> destination)
    {
        if (ended is { } end)
            return new IoResult(end, 0);
        var buffer = loop.Received;
        var kept = input.Count;
        var total = kept;
        if (!HoldsRecord(input.Span))
        {
            var received = Socket.Receive(buffer + kept, RecordLayer.ReceiveSize - kept);
            if (received.Status != IoStatus.Done)
            {
                // An end without close_notify is a client's ordinary one (SSL_OP_IGNORE_UNEXPECTED_EOF).
                if (received.Status == IoStatus.Closed)
                    ended = IoStatus.Closed;
                return received;
            }
            total += received.Count;
        }
        input.Span.CopyTo(new Span<byte>(buffer, kept));
        int used, filled;
        fixed (byte* start = destination)
            used = TakeRecords(buffer, total, start, destination.Length, out filled);
        input.Consume(kept);
        input.Append(new ReadOnlySpan<byte>(buffer + used, total - used));
        if (filled > 0 || ended is null)
            return IoResult.Done(filled);
        return new IoResult(ended.Value, 0);
    }

    public override bool Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if ((owesKeyUpdate || writeKey.Records >= TrafficKey.MostRecords) && !UpdateWriteKey())
                return false;
            if (!SendOrKeep(records.Protect(writeKey, ContentType.ApplicationData, ref bytes)))
                return false;
        }
        return true;
    }

    /// <summary>Sends close_notify (RFC 8446 section 6.1), but as nginx does: not to a client that has ended its side already.</summary>
    public override bool WriteEnd() => ended is null ? Send(ContentType.Alert, [1, (byte)Alert.CloseNotify]) : ended == IoStatus.Closed;

    public override void Dispose()
    {
        awaited?.Dispose();
        readKey.Dispose();
        writeKey.Dispose();
        input.Dispose();
        base.Dispose();
    }

    protected override unsafe IoStatus HandshakeStep(out string? failure)
    {
        failure = null;
        var nothing = stackalloc byte[SmallestRead];
        while (awaited is not null)
        {
            var read = Read(new Span<byte>(nothing, SmallestRead));
            if (read.Status == IoStatus.WouldBlock)
                return IoStatus.WouldBlock;
            if (read.Status == IoStatus.Done)
                continue;
            failure = refusal is { } alert ? $"the client was sent the alert {alert}" : "the client ended it";
            return IoStatus.Broken;
        }
        return IoStatus.Done;
    }

    /// <summary>Whether there is work without the socket: a whole record, or a header that no record can have.</summary>
    private bool HoldsRecord(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= RecordLayer.HeaderLength && (bytes.Length >= LengthOf(bytes) || Refusal(bytes) is not null);

    private static int LengthOf(ReadOnlySpan<byte> header) => RecordLayer.HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(header[3..]);

    /// <summary>What a header deserves, in OpenSSL's order (ssl3_get_record); null: it is in order.</summary>
    private Alert? Refusal(ReadOnlySpan<byte> header)
    {
        if (header[1] != 3)
            return Alert.ProtocolVersion;
        if (header[0] != (byte)ContentType.ApplicationData && !MayBePlain((ContentType)header[0]))
            return Alert.UnexpectedMessage;
        if (header[2] != 3)
            return Alert.DecodeError;
        return LengthOf(header) > RecordLayer.HeaderLength + RecordLayer.LargestFragment ? Alert.RecordOverflow : null;
    }

    /// <summary>While it shakes hands a client may say for the middleboxes that it changes ciphers, and that it cannot go on (RFC 8446 section 5).</summary>
    private bool MayBePlain(ContentType type) => awaited is not null && type is ContentType.ChangeCipherSpec or ContentType.Alert;

    /// <summary>Takes whole records as long as there are some and their content has room.</summary>
    /// <returns>Bytes taken.</returns>
    private unsafe int TakeRecords(byte* bytes, int count, byte* destination, int room, out int filled)
    {
        filled = 0;
        var used = 0;
        var shakesHands = awaited is not null;
        // What comes behind the handshake is not the handshake's to take.
        for (var control = 0; ended is null && control < MostControlRecords && shakesHands == (awaited is not null);)
        {
            var rest = new ReadOnlySpan<byte>(bytes + used, count - used);
            if (rest.Length < RecordLayer.HeaderLength)
                break;
            if (Refusal(rest) is { } refusal)
            {
                Fail(refusal);
                break;
            }
            var length = LengthOf(rest);
            if (rest.Length < length || room - filled < length - RecordLayer.HeaderLength)
                break;
            var taken = TakeRecord(bytes + used, length, destination + filled);
            used += length;
            filled += taken;
            control += taken == 0 ? 1 : 0;
        }
        return used;
    }

    /// <summary>One record; <see cref="ended"/> tells if it was the last.</summary>
    /// <returns>The length of its application data.</returns>
    private unsafe int TakeRecord(byte* record, int length, byte* destination)
    {
        var type = (ContentType)record[0];
        if (type == ContentType.ChangeCipherSpec)
            return TakeChangeCipherSpec(new ReadOnlySpan<byte>(record + RecordLayer.HeaderLength, length - RecordLayer.HeaderLength));
        if (type == ContentType.Alert)
            return TakeAlert(new ReadOnlySpan<byte>(record + RecordLayer.HeaderLength, length - RecordLayer.HeaderLength));
        var count = records.Unprotect(readKey, record, length, destination, out type);
        if (count < 0)
            return Fail(Alert.BadRecordMac);
        if (count > RecordLayer.LargestContent)
            return Fail(Alert.RecordOverflow);
        if (type is not (ContentType.ApplicationData or ContentType.Handshake or ContentType.Alert))
            return Fail(Alert.UnexpectedMessage);
        emptyRecords = count == 0 ? (byte)(emptyRecords + 1) : (byte)0;
        if (emptyRecords > MostEmptyRecords)
            return Fail(Alert.UnexpectedMessage);
        if (type != ContentType.Handshake && message.IsPartial)
            return Fail(Alert.UnexpectedMessage);
        if (type == ContentType.ApplicationData && awaited is not null)
            return Fail(Alert.UnexpectedMessage);
        if (type == ContentType.ApplicationData)
        {
            warnings = count > 0 ? (byte)0 : warnings;
            return count;
        }
        var content = new ReadOnlySpan<byte>(destination, count);
        if (type == ContentType.Alert)
            return TakeAlert(content);
        return awaited is null ? TakeHandshake(content) : TakeFinished(content);
    }

    /// <summary>OpenSSL passes over it as over an empty record.</summary>
    private int TakeChangeCipherSpec(ReadOnlySpan<byte> content)
    {
        if (content is not [1])
            return Fail(Alert.IllegalParameter);
        return ++emptyRecords > MostEmptyRecords ? Fail(Alert.UnexpectedMessage) : 0;
    }

    private int TakeFinished(ReadOnlySpan<byte> content)
    {
        warnings = 0;
        if (awaited!.Take(content) is { } wrong)
            return Fail(wrong);
        if (!awaited.IsWhole)
            return 0;
        readKey.Dispose();
        readKey = awaited.ApplicationKey;
        SendTickets(awaited.Tickets);
        awaited.Dispose();
        awaited = null;
        return 0;
    }

    private void SendTickets(SessionTickets tickets)
    {
        Span<byte> message = stackalloc byte[SessionTickets.MessageLength];
        for (var number = 0; number < SessionTickets.Count; number++)
        {
            // One by one, as OpenSSL does: who counts packets sees two.
            if (!Send(ContentType.Handshake, tickets.Write(number, message)))
                ended = IoStatus.Broken;
        }
    }

    private int TakeAlert(ReadOnlySpan<byte> content)
    {
        if (content.Length != 2)
            return Fail(Alert.UnexpectedMessage);
        // Of the warnings only user_canceled is passed over (RFC 8446 section 6.1). Whatever else is said, after it comes nothing.
        if ((Alert)content[1] != Alert.UserCanceled)
            ended = (Alert)content[1] == Alert.CloseNotify ? IoStatus.Closed : IoStatus.Broken;
        else if (++warnings == MostWarnings)
            return Fail(Alert.UnexpectedMessage);
        return 0;
    }

    /// <summary>Of the messages after the handshake, a client may send KeyUpdate only (RFC 8446 section 4.6).</summary>
    private int TakeHandshake(ReadOnlySpan<byte> content)
    {
        warnings = 0;
        // OpenSSL answers when it next writes data, or when the next message wakes its state machine: a client that waits for the answer waits in vain.
        if (owesKeyUpdate && !UpdateWriteKey())
            ended = IoStatus.Broken;
        if (message.Take(content) is { } refusal)
            return Fail(refusal);
        if (!message.IsWhole)
            return 0;
        owesKeyUpdate = message.IsRequest;
        message = default;
        readKey.Update();
        return 0;
    }

    private bool UpdateWriteKey()
    {
        owesKeyUpdate = false;
        var sent = Send(ContentType.Handshake, KeyUpdateMessage.NotRequested);
        writeKey.Update();
        return sent;
    }

    private bool Send(ContentType type, ReadOnlySpan<byte> content) => SendOrKeep(records.Protect(writeKey, type, ref content));

    /// <summary>Says why, and reads no more.</summary>
    private int Fail(Alert alert)
    {
        const byte Fatal = 2;
        refusal = alert;
        _ = Send(ContentType.Alert, [Fatal, (byte)alert]);
        ended = IoStatus.Broken;
        return 0;
    }
}
