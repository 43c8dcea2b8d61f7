using System.Buffers.Binary;
using System.Security.Cryptography;
using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Session;

/// <summary>
/// A server's connection under TLS 1.3: what each record does to it, and what is to be sent, as OpenSSL has it, alert by alert. No sockets
/// here.
/// </summary>
public class Tls13Session : IDisposable
{
    /// <summary>Records without application data that one call reads.</summary>
    private const int MostControlRecords = 64;

    /// <summary>OpenSSL's bounds on what a peer could send forever: MAX_EMPTY_RECORDS and MAX_WARN_ALERT_COUNT.</summary>
    private const int MostEmptyRecords = 32, MostWarnings = 5;

    /// <summary>The record layer of OpenSSL 3.2 and later has one alert for both bytes of the version (seen with 3.5).</summary>
    private static readonly bool TellsOfMajorVersion = SafeEvpPKeyHandle.OpenSslVersion < 0x30200000;

    private readonly RecordLayer records;
    private readonly IRecordSink sink;
    private readonly TrafficKey writeKey;
    private TrafficKey readKey;
    private KeyUpdateMessage keyUpdate;
    private ushort paddedLength;
    private byte emptyRecords;
    private byte warnings;
    private bool owesKeyUpdate;

    /// <summary>After a handshake.</summary>
    /// <param name="records">The thread's record layer; not owned.</param>
    /// <param name="keys">Owned from here on.</param>
    /// <param name="sink">Gets the records that are to be sent; not owned.</param>
    public Tls13Session(RecordLayer records, SessionKeys keys, IRecordSink sink)
        : this(records, keys, sink, isEstablished: true)
    {
    }

    private protected Tls13Session(RecordLayer records, SessionKeys keys, IRecordSink sink, bool isEstablished)
    {
        this.records = records;
        this.sink = sink;
        readKey = keys.Client;
        writeKey = keys.Server;
        IsEstablished = isEstablished;
    }

    /// <summary>Whether the handshake is over, so that application data may come.</summary>
    public bool IsEstablished { get; private protected set; }

    public SessionState State { get; private protected set; }

    /// <summary>Where in the bytes of the last <see cref="Read"/> the last record began that it has looked at.</summary>
    public int LastRecord { get; private set; }

    /// <summary>The fatal alert that this side has sent.</summary>
    public Alert? SentAlert { get; private set; }

    /// <summary>
    /// Whether <see cref="Read"/> can do something with these bytes: they begin with a whole record, or with an impossible header.
    /// </summary>
    public bool CanRead(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= RecordLayer.HeaderLength && (bytes.Length >= GetRecordLength(bytes) || FindHeaderError(bytes) is not null);

    /// <summary>
    /// Reads whole records, until there is none, the next one's content does not fit, or the session ends. It also stops when the handshake
    /// is over, and after many records without application data, so that others get their turn.
    /// </summary>
    /// <param name="bytes">What came from the client.</param>
    /// <param name="destination">
    /// Gets the application data. It needs <see cref="RecordLayer.LargestFragment"/> bytes for a record to be sure to fit.
    /// </param>
    /// <param name="written">How many bytes of application data there were.</param>
    /// <returns>How many bytes were read; the caller brings the others again, with more behind them.</returns>
    public unsafe int Read(ReadOnlySpan<byte> bytes, Span<byte> destination, out int written)
    {
        written = 0;
        var read = 0;
        var wasEstablished = IsEstablished;
        fixed (byte* source = bytes, target = destination)
        {
            for (var control = 0; State == SessionState.Open && control < MostControlRecords && wasEstablished == IsEstablished;)
            {
                var rest = bytes[read..];
                if (rest.Length < RecordLayer.HeaderLength)
                    break;
                LastRecord = read;
                if (FindHeaderError(rest) is { } alert)
                {
                    Fail(alert);
                    read += RecordLayer.HeaderLength;
                    break;
                }
                var length = GetRecordLength(rest);
                if (rest.Length < length || destination.Length - written < length - RecordLayer.HeaderLength)
                    break;
                var content = ReadRecord(source + read, length, target + written);
                read += length;
                written += content;
                control += content == 0 ? 1 : 0;
            }
        }
        return read;
    }

    /// <summary>
    /// The client's bytes have ended. Without close_notify before, that is a client's ordinary end (SSL_OP_IGNORE_UNEXPECTED_EOF).
    /// </summary>
    public void EndRead()
    {
        if (State == SessionState.Open)
            State = SessionState.Closed;
    }

    /// <summary>The next record with application data gets at least this length, by padding within it (RFC 8446 section 5.4).</summary>
    /// <param name="length">The record's length, with its header.</param>
    public void PadNextRecord(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, RecordLayer.LargestContent + RecordLayer.Overhead);
        paddedLength = (ushort)length;
    }

    /// <summary>Sends application data, in as few calls of the sink as there can be.</summary>
    /// <returns>False: the connection is broken.</returns>
    public bool Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if ((owesKeyUpdate || writeKey.Records >= TrafficKey.MostRecords) && !UpdateWriteKey())
                return false;
            var protectedBytes = paddedLength == 0
                ? records.Protect(writeKey, ContentType.ApplicationData, ref bytes)
                : records.ProtectPadded(writeKey, ref bytes, paddedLength);
            paddedLength = 0;
            if (!sink.Send(protectedBytes))
                return false;
        }
        return true;
    }

    /// <summary>Sends close_notify (RFC 8446 section 6.1), but as nginx does: not to a client that has already ended its side.</summary>
    /// <returns>False: the connection is broken.</returns>
    public bool WriteEnd() =>
        State == SessionState.Open ? Send(ContentType.Alert, [1, (byte)Alert.CloseNotify]) : State == SessionState.Closed;

    /// <summary>Wipes the keys.</summary>
    public virtual void Dispose()
    {
        readKey.Dispose();
        writeKey.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether a record of this type may come without protection, while the handshake is going on.</summary>
    private protected virtual bool MayBePlain(ContentType type) => false;

    /// <summary>Reads a record that came without protection.</summary>
    private protected virtual void ReadPlain(ContentType type, ReadOnlySpan<byte> content) => Fail(Alert.UnexpectedMessage);

    /// <summary>
    /// Reads the content of a handshake record. After the handshake, a client may send KeyUpdate only (RFC 8446 section 4.6).
    /// </summary>
    private protected virtual void ReadHandshake(ReadOnlySpan<byte> content)
    {
        // OpenSSL answers when it next writes data, or when the next message wakes its state machine: a client that waits for the answer
        // waits in vain.
        if (owesKeyUpdate && !UpdateWriteKey())
            State = SessionState.Broken;
        if (keyUpdate.ReadRecord(content) is { } alert)
        {
            Fail(alert);
            return;
        }
        if (!keyUpdate.IsWhole)
            return;
        owesKeyUpdate = keyUpdate.IsRequest;
        keyUpdate = default;
        readKey.Update();
    }

    private protected void ReadAlert(ReadOnlySpan<byte> content)
    {
        if (content.Length != 2)
        {
            Fail(Alert.UnexpectedMessage);
            return;
        }
        // Of the warnings only user_canceled is ignored (RFC 8446 section 6.1). After any other alert nothing more comes.
        if ((Alert)content[1] != Alert.UserCanceled)
            State = (Alert)content[1] == Alert.CloseNotify ? SessionState.Closed : SessionState.Broken;
        else if (++warnings == MostWarnings)
            Fail(Alert.UnexpectedMessage);
    }

    /// <summary>Counts a record that carries nothing; a client may not send them forever.</summary>
    private protected void CountEmptyRecord()
    {
        if (++emptyRecords > MostEmptyRecords)
            Fail(Alert.UnexpectedMessage);
    }

    /// <summary>From now on the client writes with this key, which is owned from here on.</summary>
    private protected void ReplaceReadKey(TrafficKey key)
    {
        readKey.Dispose();
        readKey = key;
    }

    /// <summary>Sends content of one record, in a call of the sink of its own.</summary>
    /// <returns>False: the connection is broken.</returns>
    private protected bool Send(ContentType type, ReadOnlySpan<byte> content) => sink.Send(records.Protect(writeKey, type, ref content));

    /// <summary>Tells the client why, and reads no more.</summary>
    private protected void Fail(Alert alert)
    {
        const byte Fatal = 2;
        SentAlert = alert;
        _ = Send(ContentType.Alert, [Fatal, (byte)alert]);
        State = SessionState.Broken;
    }

    private static int GetRecordLength(ReadOnlySpan<byte> header) =>
        RecordLayer.HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(header[3..]);

    /// <summary>
    /// The alert that a header is answered with, in OpenSSL's order (ssl3_get_record; since 3.2 tls13_validate_record_header);
    /// null: there is no error in it.
    /// </summary>
    private Alert? FindHeaderError(ReadOnlySpan<byte> header)
    {
        if (header[1] != 3 && TellsOfMajorVersion)
            return Alert.ProtocolVersion;
        if (header[0] != (byte)ContentType.ApplicationData && (IsEstablished || !MayBePlain((ContentType)header[0])))
            return Alert.UnexpectedMessage;
        if (header[1] != 3 || header[2] != 3)
            return Alert.DecodeError;
        return GetRecordLength(header) > RecordLayer.HeaderLength + RecordLayer.LargestFragment ? Alert.RecordOverflow : null;
    }

    /// <summary>Reads one record; <see cref="State"/> tells if it was the last.</summary>
    /// <returns>The length of its application data.</returns>
    private unsafe int ReadRecord(byte* record, int length, byte* destination)
    {
        var type = (ContentType)record[0];
        if (type != ContentType.ApplicationData)
        {
            ReadPlain(type, new ReadOnlySpan<byte>(record + RecordLayer.HeaderLength, length - RecordLayer.HeaderLength));
            return 0;
        }
        var count = records.Unprotect(readKey, record, length, destination, out type);
        if (FindContentError(type, count) is { } alert)
        {
            Fail(alert);
            return 0;
        }
        if (type == ContentType.ApplicationData)
        {
            warnings = count > 0 ? (byte)0 : warnings;
            return count;
        }
        var content = new ReadOnlySpan<byte>(destination, count);
        if (type == ContentType.Alert)
        {
            ReadAlert(content);
            return 0;
        }
        warnings = 0;
        ReadHandshake(content);
        return 0;
    }

    /// <summary>The alert that a record's content is answered with, whatever it says; null: there is no error so far.</summary>
    /// <param name="type">The content's type.</param>
    /// <param name="count">Its length; negative: the record is not authentic.</param>
    private Alert? FindContentError(ContentType type, int count)
    {
        if (count < 0)
            return Alert.BadRecordMac;
        if (count > RecordLayer.LargestContent)
            return Alert.RecordOverflow;
        if (type is not (ContentType.ApplicationData or ContentType.Handshake or ContentType.Alert))
            return Alert.UnexpectedMessage;
        emptyRecords = count == 0 ? (byte)(emptyRecords + 1) : (byte)0;
        if (emptyRecords > MostEmptyRecords)
            return Alert.UnexpectedMessage;
        if (type != ContentType.Handshake && keyUpdate.IsPartial)
            return Alert.UnexpectedMessage;
        return type == ContentType.ApplicationData && !IsEstablished ? Alert.UnexpectedMessage : null;
    }

    private bool UpdateWriteKey()
    {
        owesKeyUpdate = false;
        var sent = Send(ContentType.Handshake, KeyUpdateMessage.NotRequested);
        writeKey.Update();
        return sent;
    }
}
