using Heliograph.Tls13.Records;
using Heliograph.Tls13.Session;

namespace Heliograph.Tls13.Handshake;

/// <summary>
/// A connection from the server's flight on: it waits for the client's Finished, answers it with session tickets, and is an ordinary
/// <see cref="Tls13Session"/> from then on.
/// </summary>
public sealed class HandshakeSession : Tls13Session
{
    private ClientFinished? awaited;

    /// <param name="records">The thread's record layer; not owned.</param>
    /// <param name="answer">The answer whose flight was sent; owned from here on.</param>
    /// <param name="sink">Gets the records that are to be sent; not owned.</param>
    public HandshakeSession(RecordLayer records, HandshakeAnswer answer, IRecordSink sink)
        : base(records, answer.Keys, sink, isEstablished: false) => awaited = answer.Awaited;

    public override void Dispose()
    {
        awaited?.Dispose();
        base.Dispose();
    }

    /// <summary>
    /// A client may say, for middleboxes, that it changes ciphers, and it may say that it cannot go on (RFC 8446 section 5).
    /// </summary>
    private protected override bool MayBePlain(ContentType type) => type is ContentType.ChangeCipherSpec or ContentType.Alert;

    private protected override void ReadPlain(ContentType type, ReadOnlySpan<byte> content)
    {
        if (type == ContentType.Alert)
            ReadAlert(content);
        else if (content is not [1])
            Fail(Alert.IllegalParameter);
        else
            CountEmptyRecord(); // OpenSSL ignores a ChangeCipherSpec as it ignores an empty record.
    }

    private protected override void ReadHandshake(ReadOnlySpan<byte> content)
    {
        if (awaited is null)
        {
            base.ReadHandshake(content);
            return;
        }
        if (awaited.ReadRecord(content) is { } alert)
        {
            Fail(alert);
            return;
        }
        if (!awaited.IsWhole)
            return;
        ReplaceReadKey(awaited.ApplicationKey);
        SendTickets(awaited.Tickets);
        awaited.Dispose();
        awaited = null;
        IsEstablished = true;
    }

    private void SendTickets(SessionTickets tickets)
    {
        Span<byte> message = stackalloc byte[SessionTickets.MessageLength];
        for (var number = 0; number < SessionTickets.Count; number++)
        {
            // One by one, as OpenSSL does: an observer who counts packets sees two.
            if (!Send(ContentType.Handshake, tickets.Write(number, message)))
                State = SessionState.Broken;
        }
    }
}
