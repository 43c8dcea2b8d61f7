using System.Buffers.Binary;
using Heliograph.Relay.Loop;
using Heliograph.Relay.Relaying;
using Heliograph.Tls13.Native;
using Heliograph.Tls13.Records;
using Heliograph.Tls13.Session;

namespace Heliograph.Relay.OuterTls;

/// <summary>The client's side of the outer TLS with libssl: any handshake, and TLS 1.2 after it. Owns the SSL object.</summary>
/// <remarks>
/// Each call borrows the loop's <see cref="TlsBio"/>: input that OpenSSL does not read is kept here until the next call, and what it writes
/// goes to the socket. With <c>SSL_MODE_RELEASE_BUFFERS</c> an idle SSL object holds no buffers either.
/// </remarks>
internal sealed class TlsChannel : HandshakeChannel
{
    private readonly TlsBio bio;
    private readonly PendingBytes input;
    private readonly TrafficSecrets secrets;
    private bool agesSession;
    private LibsslReads reads;
    private int suite;
    private nint ssl;
    private int tickets;
    private bool holdsPlaintext;
    private IoStatus? ended;

    /// <param name="bio">The loop's BIO.</param>
    /// <param name="context">The certificate and the options.</param>
    /// <param name="socket">The client's socket; owned from here on.</param>
    /// <param name="input">The bytes of the outer ClientHello that were already read; owned from here on.</param>
    public TlsChannel(TlsBio bio, TlsContext context, LoopSocket socket, PendingBytes input) : base(socket)
    {
        this.bio = bio;
        this.input = input;
        OpenSslErrors.Clear();
        ssl = LibSsl.SSL_new(context.Pointer);
        GC.KeepAlive(context);
        if (ssl == 0)
            throw new InvalidOperationException($"OpenSSL cannot make a connection: {OpenSslErrors.TakeFirst()}");
        secrets = new TrafficSecrets(ssl);
        agesSession = context.AgesSessions;
        LibSsl.SSL_set_accept_state(ssl);
        bio.AttachTo(ssl);
    }

    public override unsafe bool NegotiatedHttp2
    {
        get
        {
            byte* protocol;
            uint length;
            LibSsl.SSL_get0_alpn_selected(ssl, &protocol, &length);
            return new ReadOnlySpan<byte>(protocol, (int)length).SequenceEqual("h2"u8);
        }
    }

    /// <summary>For TLS 1.3 a channel without an SSL object; for TLS 1.2, and for a client that wants small records, this one.</summary>
    public override Channel Established(RecordLayer records)
    {
        if (LibSsl.SSL_has_pending(ssl) != 0
            || LibSsl.SSL_SESSION_get_max_fragment_length(LibSsl.SSL_get_session(ssl)) != 0
            || SessionKeys.Derive(suite, secrets.Client, secrets.Server, serverRecords: tickets) is not { } keys)
        {
            return this;
        }
        FreeSsl();
        return new Tls13Channel(records, keys, Socket, input.MoveToNew());
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
                var received = Socket.Receive(Socket.Loop.Received, EventLoop.ReceiveSize);
                if (received.Status is IoStatus.WouldBlock or IoStatus.Broken)
                    return received;
                result = Decrypt(Socket.Loop.Received, received.Count, received.Status == IoStatus.Closed, destination);
            }
            // WouldBlock: only part of a record has come. Ask the socket for the rest.
            if (result.Status != IoStatus.WouldBlock)
                return result;
        }
        return new IoResult(ended.Value, 0);
    }

    public override unsafe bool Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return true;
        OpenSslErrors.Clear();
        fixed (byte* start = bytes)
        {
            if (LibSsl.SSL_write(ssl, start, bytes.Length) != bytes.Length)
                return false;
        }
        return SendWritten();
    }

    /// <summary>Sends close_notify (RFC 8446 section 6.1), but as nginx does: not to a client that has already ended its side.</summary>
    public override bool WriteEnd()
    {
        if (ended is not null)
            return ended == IoStatus.Closed;
        OpenSslErrors.Clear();
        _ = LibSsl.SSL_shutdown(ssl);
        return SendWritten();
    }

    public override void Dispose()
    {
        FreeSsl();
        input.Dispose();
        base.Dispose();
    }

    /// <remarks>
    /// A connection counts as shut down however it ended, as in nginx's ngx_ssl_shutdown: SSL_free makes the cache forget the session, and
    /// its tickets with it, of one that did not send close_notify. libssl itself has forgotten that of a connection with a fatal alert.
    /// </remarks>
    private void FreeSsl()
    {
        if (ssl != 0)
        {
            LibSsl.SSL_set_shutdown(ssl, LibSsl.ShutdownBoth);
            LibSsl.SSL_free(ssl);
        }
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
                var received = Socket.Receive(Socket.Loop.Received, EventLoop.ReceiveSize);
                if (received.Status == IoStatus.WouldBlock)
                    return IoStatus.WouldBlock;
                step = received.Status == IoStatus.Broken
                    ? IoStatus.Broken
                    : Handshake(Socket.Loop.Received, received.Count, received.Status == IoStatus.Closed);
            }
            if (step == IoStatus.Broken)
                failure = OpenSslErrors.TakeFirst();
            var sent = step == IoStatus.Done && SessionKeys.Support(suite) ? SendTickets() : SendFlight();
            if (step == IoStatus.Done || step == IoStatus.Broken)
                return sent ? step : IoStatus.Broken;
            if (!sent)
                return IoStatus.Broken;
        }
    }

    private unsafe IoStatus Handshake(byte* bytes, int length, bool inputEnded)
    {
        bio.Feed(bytes, length, inputEnded);
        OpenSslErrors.Clear();
        var result = LibSsl.SSL_do_handshake(ssl);
        var error = result == 1 ? 0 : LibSsl.SSL_get_error(ssl, result);
        KeepUnread(bytes, length);
        if (result == 1)
        {
            suite = LibSsl.SSL_CIPHER_get_protocol_id(LibSsl.SSL_get_current_cipher(ssl));
            return IoStatus.Done;
        }
        if (error == LibSsl.ErrorWantRead && !inputEnded)
        {
            AgeSession();
            return IoStatus.WouldBlock;
        }
        LeavesUnread = reads.Leaves(input.Count, isTls12: LibSsl.SSL_version(ssl) == LibSsl.Tls12Version);
        return IoStatus.Broken;
    }

    /// <summary>
    /// Once the first hello is answered. If that was a HelloRetryRequest, no session is resumed yet, and nginx leaves the one that it gets
    /// from its cache for the second hello as it is.
    /// </summary>
    private void AgeSession()
    {
        if (!agesSession || bio.Written.IsEmpty)
            return;
        agesSession = false;
        if (LibSsl.SSL_session_reused(ssl) != 0 && LibSsl.SSL_version(ssl) == LibSsl.Tls13Version)
            SessionAge.Limit(ssl);
    }

    private unsafe IoResult Decrypt(byte* bytes, int byteCount, bool inputEnded, Span<byte> destination)
    {
        bio.Feed(bytes, byteCount, inputEnded);
        OpenSslErrors.Clear();
        var total = 0;
        var end = IoStatus.WouldBlock;
        while (total < destination.Length)
        {
            int count;
            fixed (byte* start = destination[total..])
                count = LibSsl.SSL_read(ssl, start, destination.Length - total);
            if (count > 0)
            {
                total += count;
                // SSL_read gives one record at most and, without read-ahead, holds nothing after it: asking again would only cost a buffer.
                if (total < destination.Length && bio.Unread.IsEmpty && !inputEnded)
                    break;
                continue;
            }
            end = LibSsl.SSL_get_error(ssl, count) switch
            {
                LibSsl.ErrorWantRead => IoStatus.WouldBlock,
                LibSsl.ErrorZeroReturn => IoStatus.Closed,
                _ => IoStatus.Broken,
            };
            break;
        }
        holdsPlaintext = total == destination.Length;
        KeepUnread(bytes, byteCount);
        if (end is IoStatus.Closed or IoStatus.Broken)
        {
            ended = end;
            LeavesUnread = reads.Leaves(input.Count, isTls12: true);
        }
        if (!SendWritten())
            ended = IoStatus.Broken;
        return total > 0 ? IoResult.Done(total) : new IoResult(ended ?? end, 0);
    }

    /// <summary>
    /// Keeps the bytes that OpenSSL has not read for the next call, whether they came from the kept input or from the socket.
    /// </summary>
    private unsafe void KeepUnread(byte* start, int fed)
    {
        var unread = bio.Unread;
        reads.Take(new ReadOnlySpan<byte>(start, fed - unread.Length), input.Latest);
        if (input.Count > 0)
            input.Consume(fed - unread.Length);
        else
            input.Append(unread);
        bio.EndFeed();
    }

    /// <summary>
    /// The last step of a TLS 1.3 handshake writes the session tickets, the first records under the server's new key. They are sent one by
    /// one, as OpenSSL flushes them.
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
