using System.Buffers.Binary;
using Heliograph.Relay.Loop;
using Heliograph.Relay.Relaying;

namespace Heliograph.Relay.OuterTls;

/// <summary>The client's side: the outer TLS over its socket. Owns the SSL object.</summary>
/// <remarks>
/// The loop's <see cref="TlsBio"/> is lent to each call: what OpenSSL does not take of the input is kept here until the next one, what it writes goes
/// to the socket. With <c>SSL_MODE_RELEASE_BUFFERS</c> an idle SSL holds no buffers of its own either.
/// </remarks>
internal sealed class TlsChannel : HandshakeChannel
{
    private readonly EventLoop loop;
    private readonly TlsBio bio;
    private readonly PendingBytes input;
    private readonly TrafficSecrets secrets;
    private CipherSuite? suite;
    private nint ssl;
    private int tickets;
    private bool holdsPlaintext;
    private IoStatus? ended;

    /// <param name="loop">The loop of the socket.</param>
    /// <param name="bio">The loop's BIO.</param>
    /// <param name="context">The certificate and its options.</param>
    /// <param name="socket">The client's socket; owned from here on.</param>
    /// <param name="input">What was already read of the outer ClientHello; owned from here on.</param>
    public TlsChannel(EventLoop loop, TlsBio bio, TlsContext context, LoopSocket socket, PendingBytes input) : base(socket)
    {
        this.loop = loop;
        this.bio = bio;
        this.input = input;
        OpenSsl.ERR_clear_error();
        ssl = OpenSsl.SSL_new(context.Pointer);
        GC.KeepAlive(context);
        if (ssl == 0)
            throw new InvalidOperationException("OpenSSL makes no more connections.");
        secrets = new TrafficSecrets(ssl);
        OpenSsl.SSL_set_accept_state(ssl);
        bio.AttachTo(ssl);
    }

    public override unsafe bool NegotiatedHttp2
    {
        get
        {
            byte* protocol;
            uint length;
            OpenSsl.SSL_get0_alpn_selected(ssl, &protocol, &length);
            return new ReadOnlySpan<byte>(protocol, (int)length).SequenceEqual("h2"u8);
        }
    }

    /// <summary>This channel for TLS 1.2 and for a client that wants small records, and for TLS 1.3 one that needs no SSL object.</summary>
    public override Channel Established(RecordLayer records)
    {
        if (suite is null || secrets.Client.Length != suite.HashLength || secrets.Server.Length != suite.HashLength || OpenSsl.SSL_has_pending(ssl) != 0
            || OpenSsl.SSL_SESSION_get_max_fragment_length(OpenSsl.SSL_get_session(ssl)) != 0)
        {
            return this;
        }
        var readKey = new TrafficKey(suite, secrets.Client, records: 0);
        var writeKey = new TrafficKey(suite, secrets.Server, records: tickets);
        // Without this the session would be forgotten, and its tickets with it.
        OpenSsl.SSL_set_shutdown(ssl, OpenSsl.ShutdownBoth);
        FreeSsl();
        return new Tls13Channel(loop, records, readKey, writeKey, Socket, input.Take());
    }

    public override unsafe IoResult Read(Span<byte> destination)
    {
        while (ended is null)
        {
            IoResult result;
            if (holdsPlaintext || input.Count > 0)
            {
                fixed (byte* unread = input.Span)
                    result = Decrypt(unread, input.Count, inputEnded: false, destination);
            }
            else
            {
                var received = Socket.Receive(loop.Received, EventLoop.ReceiveSize);
                if (received.Status is IoStatus.WouldBlock or IoStatus.Broken)
                    return received;
                result = Decrypt(loop.Received, received.Count, received.Status == IoStatus.Closed, destination);
            }
            // WouldBlock here: only a part of a record was there. Ask the socket for the rest.
            if (result.Status != IoStatus.WouldBlock)
                return result;
        }
        return new IoResult(ended.Value, 0);
    }

    public override unsafe bool Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return true;
        OpenSsl.ERR_clear_error();
        fixed (byte* start = bytes)
        {
            if (OpenSsl.SSL_write(ssl, start, bytes.Length) != bytes.Length)
                return false;
        }
        return SendWritten();
    }

    /// <summary>Sends close_notify (RFC 8446 section 6.1), but as nginx does: not to a client that has ended its side already.</summary>
    public override bool WriteEnd()
    {
        if (ended is not null)
            return ended == IoStatus.Closed;
        OpenSsl.ERR_clear_error();
        _ = OpenSsl.SSL_shutdown(ssl);
        return SendWritten();
    }

    public override void Dispose()
    {
        FreeSsl();
        input.Dispose();
        base.Dispose();
    }

    private void FreeSsl()
    {
        if (ssl != 0)
            OpenSsl.SSL_free(ssl);
        ssl = 0;
        secrets.Dispose();
    }

    protected override unsafe IoStatus HandshakeStep(out string? failure)
    {
        failure = null;
        while (true)
        {
            IoStatus step;
            if (input.Count > 0)
            {
                fixed (byte* unread = input.Span)
                    step = Handshake(unread, input.Count, inputEnded: false);
            }
            else
            {
                var received = Socket.Receive(loop.Received, EventLoop.ReceiveSize);
                if (received.Status == IoStatus.WouldBlock)
                    return IoStatus.WouldBlock;
                step = received.Status == IoStatus.Broken
                    ? IoStatus.Broken
                    : Handshake(loop.Received, received.Count, received.Status == IoStatus.Closed);
            }
            if (step == IoStatus.Broken)
                failure = OpenSsl.TakeError();
            var sent = step == IoStatus.Done && suite is not null ? SendTickets() : SendFlight();
            if (step == IoStatus.Done || step == IoStatus.Broken)
                return sent ? step : IoStatus.Broken;
            if (!sent)
                return IoStatus.Broken;
        }
    }

    private unsafe IoStatus Handshake(byte* bytes, int length, bool inputEnded)
    {
        bio.Feed(bytes, length, inputEnded);
        OpenSsl.ERR_clear_error();
        var result = OpenSsl.SSL_do_handshake(ssl);
        var error = result == 1 ? 0 : OpenSsl.SSL_get_error(ssl, result);
        KeepUnread(length);
        if (result == 1)
        {
            suite = CipherSuite.Find(OpenSsl.SSL_CIPHER_get_protocol_id(OpenSsl.SSL_get_current_cipher(ssl)));
            return IoStatus.Done;
        }
        return error == OpenSsl.ErrorWantRead && !inputEnded ? IoStatus.WouldBlock : IoStatus.Broken;
    }

    private unsafe IoResult Decrypt(byte* bytes, int byteCount, bool inputEnded, Span<byte> destination)
    {
        bio.Feed(bytes, byteCount, inputEnded);
        OpenSsl.ERR_clear_error();
        var total = 0;
        var end = IoStatus.WouldBlock;
        while (total < destination.Length)
        {
            int count;
            fixed (byte* start = destination[total..])
                count = OpenSsl.SSL_read(ssl, start, destination.Length - total);
            if (count > 0)
            {
                total += count;
                // SSL_read gives one record at most and, without read-ahead, holds nothing behind it: asking again only to be told so would cost a buffer.
                if (total < destination.Length && bio.Unread.IsEmpty && !inputEnded)
                    break;
                continue;
            }
            end = OpenSsl.SSL_get_error(ssl, count) switch
            {
                OpenSsl.ErrorWantRead => IoStatus.WouldBlock,
                OpenSsl.ErrorZeroReturn => IoStatus.Closed,
                _ => IoStatus.Broken,
            };
            break;
        }
        holdsPlaintext = total == destination.Length;
        KeepUnread(byteCount);
        if (end is IoStatus.Closed or IoStatus.Broken)
            ended = end;
        if (!SendWritten())
            ended = IoStatus.Broken;
        return total > 0 ? IoResult.Done(total) : new IoResult(ended ?? end, 0);
    }

    /// <summary>What OpenSSL left of the bytes fed stays for the next call: before they were the kept input or new ones.</summary>
    private void KeepUnread(int fed)
    {
        var unread = bio.Unread;
        if (input.Count > 0)
            input.Consume(fed - unread.Length);
        else
            input.Append(unread);
        bio.EndFeed();
    }

    /// <summary>
    /// The last step of a TLS 1.3 handshake writes the session tickets, which are the first records under the server's new key. They go one by one, as OpenSSL flushes them.
    /// </summary>
    private bool SendTickets()
    {
        var written = bio.Written;
        var sent = true;
        for (; sent && written.Length >= RecordLayer.HeaderLength; tickets++)
        {
            var length = RecordLayer.HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(written[3..]);
            sent = SendOrKeep(written[..length]);
            written = written[length..];
        }
        bio.ClearWritten();
        return sent;
    }

    private bool SendFlight()
    {
        var sent = SendInPieces(bio.Written);
        bio.ClearWritten();
        return sent;
    }

    private bool SendWritten()
    {
        var written = bio.Written;
        if (written.IsEmpty)
            return true;
        var sent = SendOrKeep(written);
        bio.ClearWritten();
        return sent;
    }
}
