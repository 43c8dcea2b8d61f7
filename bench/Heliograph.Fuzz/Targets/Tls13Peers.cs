using Heliograph.Tls13.Records;
using Heliograph.Tls13.Session;

namespace Heliograph.Fuzz.Targets;

/// <summary>A session, and a client that has the same keys and knows what the session must make of each record.</summary>
internal sealed class Tls13Peers : IDisposable, IRecordSink
{
    private const int Suite = 0x1301, MostWarnings = 5, MostEmptyRecords = 32, HeaderLength = 4, KeyUpdateLength = 5;

    private readonly RecordLayer layer = RecordProtection.OpenSslOnly.CreateLayer();
    private readonly RecordLayer clientLayer = RecordProtection.OpenSslOnly.CreateLayer();
    private readonly SessionKeys clientKeys = Derive();
    private readonly Tls13Session session;
    private readonly byte[] destination = new byte[RecordLayer.LargestFragment];
    private readonly List<byte> pending = [], received = [], written = [], answered = [], partial = [];
    private int warnings, emptyRecords;
    private bool owesUpdate;
    private bool asksForUpdate;

    public Tls13Peers() => session = new(layer, Derive(), this);

    public bool IsOpen => session.State == SessionState.Open;

    public override string ToString() =>
        $"{session.State} {session.SentAlert}, {received.Count} bytes to the server, {written.Count} to the client, {pending.Count} unread";

    public bool IsSameAs(Tls13Peers other) =>
        session.State == other.session.State && session.SentAlert == other.session.SentAlert
        && received.SequenceEqual(other.received) && written.SequenceEqual(other.written) && pending.SequenceEqual(other.pending);

    public void Dispose()
    {
        session.Dispose();
        clientKeys.Client.Dispose();
        clientKeys.Server.Dispose();
        layer.Dispose();
        clientLayer.Dispose();
    }

    /// <summary>What the session sends: the client opens each record, and nothing else is in it than what is due.</summary>
    public bool Send(ReadOnlySpan<byte> records)
    {
        written.AddRange(records);
        while (!records.IsEmpty)
        {
            var length = RecordLayer.HeaderLength + ((records[3] << 8) | records[4]);
            OpenFromServer(records[..length]);
            records = records[length..];
        }
        return true;
    }

    public void ClientSends(ContentType type, ReadOnlySpan<byte> content, int pieceLength)
    {
        // The layer writes no empty record; nor does a client that has nothing to say.
        if (content.IsEmpty)
            return;
        var before = received.Count;
        // Behind a stranger's bytes, the record is a part of what they begin, or comes too late.
        var isRead = pending.Count == 0;
        var (innerType, inner) = Unpad(type, content);
        var isAllowed = Expect(innerType, inner, out var updates);
        var rest = content;
        Arrive(clientLayer.Protect(clientKeys.Client, type, ref rest), pieceLength);
        if (isRead)
        {
            FaultException.Unless(IsOpen == isAllowed, $"{type} {Convert.ToHexString(content)}: {session.State}, {session.SentAlert}");
            FaultException.Unless(
                innerType != ContentType.Handshake || !IsOpen || !owesUpdate,
                "a KeyUpdate is owed, and is not sent when the next message comes");
            if (updates)
                Update();
        }
        if (isRead && isAllowed && innerType == ContentType.ApplicationData)
            FaultException.Unless(received.Skip(before).SequenceEqual(inner.ToArray()), "other data came out than went in");
        else
            FaultException.Unless(received.Count == before, "data came out of what is no data");
    }

    public void ServerSends(ReadOnlySpan<byte> content)
    {
        var (before, wasOwed) = (answered.Count, owesUpdate);
        FaultException.Unless(session.Write(content), "the sink is whole, and writing fails");
        FaultException.Unless(answered.Skip(before).SequenceEqual(content.ToArray()), "other data reached the client than was written");
        FaultException.Unless(content.IsEmpty || !wasOwed || !owesUpdate, "the client asked for a KeyUpdate, and gets data first");
    }

    /// <summary>Bytes that nobody with the key has written.</summary>
    public void StrangerSends(ReadOnlySpan<byte> bytes, int pieceLength)
    {
        var before = received.Count;
        Arrive(bytes, pieceLength);
        FaultException.Unless(received.Count == before, "data came out of what nobody has protected");
    }

    private static SessionKeys Derive()
    {
        Span<byte> client = stackalloc byte[32], server = stackalloc byte[32];
        client.Fill(1);
        server.Fill(2);
        return SessionKeys.Derive(Suite, client, server, serverRecords: 0)!.Value;
    }

    private void Arrive(ReadOnlySpan<byte> bytes, int pieceLength)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, pieceLength)];
            bytes = bytes[piece.Length..];
            pending.AddRange(piece);
            int read;
            do
            {
                read = session.Read(pending.ToArray(), destination, out var count);
                pending.RemoveRange(0, read);
                received.AddRange(destination.AsSpan(0, count));
            }
            while (read > 0 && IsOpen);
        }
    }

    /// <summary>RFC 8446 section 5.2: a type of zero is padding, and the type is the last byte that is not zero.</summary>
    private static (ContentType Type, byte[] Content) Unpad(ContentType type, ReadOnlySpan<byte> content)
    {
        if (type != ContentType.None)
            return (type, content.ToArray());
        var padded = content.TrimEnd((byte)0);
        return padded.IsEmpty ? (ContentType.None, []) : ((ContentType)padded[^1], padded[..^1].ToArray());
    }

    /// <summary>What RFC 8446 and OpenSSL make of a record.</summary>
    /// <returns>Whether the session goes on.</returns>
    private bool Expect(ContentType type, ReadOnlySpan<byte> content, out bool updates)
    {
        updates = false;
        emptyRecords = content.IsEmpty ? emptyRecords + 1 : 0;
        if (emptyRecords > MostEmptyRecords)
            return false;
        if (type == ContentType.Handshake)
            return ExpectHandshake(content, out updates);
        if (partial.Count > 0 || type is not (ContentType.ApplicationData or ContentType.Alert))
            return false;
        if (type == ContentType.Alert)
            return content.Length == 2 && content[1] == (byte)Alert.UserCanceled && ++warnings < MostWarnings;
        if (!content.IsEmpty)
            warnings = 0;
        return true;
    }

    private bool ExpectHandshake(ReadOnlySpan<byte> content, out bool updates)
    {
        warnings = 0;
        if (content.IsEmpty)
            return updates = false;
        partial.AddRange(content);
        updates = partial is [24, 0, 0, 1, 0 or 1];
        // As OpenSSL does it, a message is judged when its header is whole.
        if (!updates)
            return partial.Count < KeyUpdateLength && (partial.Count < HeaderLength || partial is [24, 0, 0, 1]);
        asksForUpdate = partial[^1] == 1;
        partial.Clear();
        return true;
    }

    private void Update()
    {
        clientKeys.Client.Update();
        owesUpdate = asksForUpdate;
    }

    private unsafe void OpenFromServer(ReadOnlySpan<byte> record)
    {
        var copy = record.ToArray();
        var opened = new byte[copy.Length];
        int count;
        ContentType type;
        fixed (byte* start = copy, into = opened)
            count = clientLayer.Unprotect(clientKeys.Server, start, copy.Length, into, out type);
        FaultException.Unless(count > 0, "the client cannot open what the server sends");
        var content = opened.AsSpan(0, count);
        switch (type)
        {
            case ContentType.ApplicationData:
                answered.AddRange(content);
                break;
            case ContentType.Handshake:
                FaultException.Unless(
                    owesUpdate && content.SequenceEqual(KeyUpdateMessage.NotRequested), "a message that nobody asked for");
                owesUpdate = false;
                clientKeys.Server.Update();
                break;
            default:
                FaultException.Unless(type == ContentType.Alert && count == 2, $"a record of type {type}");
                break;
        }
    }
}
