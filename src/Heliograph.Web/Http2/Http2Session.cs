using System.Buffers;
using System.Buffers.Binary;
using Heliograph.Web.Http;

namespace Heliograph.Web.Http2;

/// <summary>
/// The state of an HTTP/2 connection: what each frame does to it, as in nginx (<c>ngx_http_v2.c</c>), and what to
/// send. No sockets here.
/// </summary>
internal sealed class Http2Session : IDisposable
{
    private readonly Responder responder;
    private readonly TimeProvider timeProvider;
    private readonly RequestTime requestTime;
    private readonly FrameReader reader = new();
    private readonly ClientSettings settings = new();
    private readonly OpenStreams streams = new();
    private readonly IBufferWriter<byte> output;

    // The request whose header block is read; null if it was refused, and the block is only read for the table's sake.
    private Http2RequestBuilder? request;
    private Http2Stream? opening;

    // Its request is complete, and nothing was answered yet.
    private Http2Stream? unanswered;
    private int lastStream;
    private int requests;
    private long receiveWindow = Http2Limits.LargestWindow;

    /// <param name="responder">Answers the requests.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="age">How long ago the client was accepted.</param>
    public Http2Session(Responder responder, TimeProvider timeProvider, TimeSpan age = default)
    {
        this.responder = responder;
        this.timeProvider = timeProvider;
        requestTime = new(timeProvider, age);
        output = Output.Writer;
        FrameWriter.Preface(output);
    }

    public bool IsIdle => streams.Count == 0;

    /// <summary>The client has sent part of a frame.</summary>
    public bool IsInFrame => reader.IsInFrame;

    /// <summary>GOAWAY has been sent.</summary>
    public bool IsGoingAway { get; private set; }

    /// <summary>After a GOAWAY, every request that had begun has been answered.</summary>
    public bool IsFinished => IsGoingAway && IsIdle;

    /// <inheritdoc cref="OpenStreams.EndSilently"/>
    public bool EndsSilently => streams.EndSilently;

    /// <summary>An answer has bytes left and room in its windows.</summary>
    public bool CanSend => streams.Next is not null;

    public FloodGuard Guard { get; } = new();

    /// <summary>How long the client may leave it at what it has sent; it begins to wait.</summary>
    public TimeSpan FindTimeLeft() => streams.FirstToExpire?.TimeLeft ?? requestTime.StartOrGoOn();

    /// <summary>
    /// Frames to be sent. Each answer's head ends a chain, and so does each buffer of its body (ngx_http_v2_filter_send).
    /// </summary>
    public SslBuffer Output { get; } = new();

    public void GoAway(Http2Error error)
    {
        IsGoingAway = true;
        FrameWriter.GoAway(output, lastStream, error);
    }

    /// <summary>
    /// The client has let the time pass. nginx resets the request that it did not finish, or whose answer nobody takes, and goes on; a
    /// connection without one ends.
    /// </summary>
    /// <param name="isIdle">Nothing has come of a frame, either.</param>
    public Http2Error TimeOut(bool isIdle)
    {
        if (streams.FirstToExpire is not { } late)
            return isIdle ? Http2Error.NoError : Http2Error.Protocol;
        if (late == opening)
            (request, opening) = (null, null);
        streams.Remove(late);
        FrameWriter.ResetStream(output, late.Id, Http2Error.Protocol);
        return Http2Error.None;
    }

    public void Dispose() => streams.Dispose();

    /// <summary>
    /// Takes the next frame, or part of one, from the client's unread bytes; false if more bytes are needed. An error other than
    /// <see cref="Http2Error.None"/> ends the connection.
    /// </summary>
    public bool TryReceive(Span<byte> bytes, out int taken, out Http2Error error)
    {
        var outcome = reader.Read(bytes, skipsRequests: IsGoingAway, isFieldWanted: request is not null, out taken, out var frame);
        error = outcome switch
        {
            FrameReader.Outcome.Error => reader.Error,
            FrameReader.Outcome.Frame => Receive(frame),
            FrameReader.Outcome.Field => ReceiveField(),
            FrameReader.Outcome.EndOfBlock => EndBlock(),
            _ => Guard.IsFlooded ? Http2Error.NoError : Http2Error.None,
        };
        return outcome != FrameReader.Outcome.NeedMore;
    }

    /// <summary>Answers the request that the last frame completed, if it did. Nothing may be received before.</summary>
    public async ValueTask AnswerAsync()
    {
        if (unanswered is not { } stream)
            return;
        unanswered = null;
        Answer(stream, await responder.RespondAsync(stream.Head));
    }

    /// <summary>
    /// Adds DATA of one stream, at most <paramref name="most"/> bytes; a stream that has more goes to the end of the queue.
    /// </summary>
    public async ValueTask SendSomeAsync(int most, CancellationToken cancellationToken)
    {
        var stream = streams.Next;
        for (var sent = 0; stream is not null && sent < most && streams.CanSend(stream);)
        {
            var window = Math.Min(streams.SendWindow, stream.SendWindow);
            var length = (int)Math.Min(Math.Min(stream.RemainingOfPart, Math.Min(Http2Limits.DataChunk, settings.FrameSize)), window);
            var isLast = length == stream.Remaining;
            FrameWriter.Head(output, length, FrameType.Data, isLast ? FrameFlags.EndStream : FrameFlags.None, stream.Id);
            var memory = output.GetMemory(Math.Max(length, 1))[..length];
            if (await stream.ReadAsync(memory, cancellationToken) != length)
                throw new EndOfStreamException();
            output.Advance(length);
            sent += length;
            stream.Remaining -= length;
            stream.SendWindow -= length;
            stream.StartTime();
            streams.SendWindow -= length;
            if (isLast || stream.IsAtEndOfBuffer)
                Output.EndChain();
            if (isLast)
            {
                Finish(stream);
                return;
            }
        }
        Output.EndChain();
        if (stream is not null)
            streams.MoveToEnd(stream);
    }

    private Http2Error Receive(Frame frame) => frame.Type switch
    {
        FrameType.Data => frame.IsEnd ? EndData(frame) : ReceiveData(frame),
        FrameType.Headers => ReceiveHeaders(frame),
        FrameType.Priority => ReceivePriority(frame),
        FrameType.ResetStream => ReceiveReset(frame),
        FrameType.Settings => ReceiveSettings(frame),
        FrameType.Ping => ReceivePing(frame),
        _ => ReceiveWindowUpdate(frame),
    };

    private Http2Error ReceiveHeaders(Frame frame)
    {
        if (frame.Stream % 2 == 0 || frame.Stream <= lastStream || Dependency(frame) == frame.Stream)
            return Http2Error.Protocol;
        lastStream = frame.Stream;
        if (!Guard.MayOpen(streams.Count))
        {
            if (!Guard.MayRefuse())
                return Http2Error.NoError;
            FrameWriter.ResetStream(output, frame.Stream, Http2Error.RefusedStream);
            return Http2Error.None;
        }
        request = new(responder.Like);
        opening = new()
        {
            Id = frame.Stream,
            Head = request.Head,
            TimeProvider = timeProvider,
            SendWindow = settings.InitialWindow,
            IsInputClosed = frame.Has(FrameFlags.EndStream),
        };
        opening.StartTime();
        streams.Add(opening);
        requestTime.Stop();
        if (++requests >= Http2Limits.MostRequests || requestTime.IsOver)
            GoAway(Http2Error.NoError);
        return Http2Error.None;
    }

    // A field that is wrong is answered before the next one is looked at.
    private Http2Error ReceiveField()
    {
        if (request is null || opening is null)
            return Http2Error.None;
        request.AddField(reader.Field.Name, reader.Field.Value);
        if (request.IsMalformed)
            Reset(opening, Http2Error.Protocol);
        else if (request.RefusedWith != 0)
            Answer(opening, Response.Page(request.Head, request.RefusedWith));
        else
            return Http2Error.None;
        (request, opening) = (null, null);
        return Http2Error.None;
    }

    private Http2Error EndBlock()
    {
        if (request is null || opening is null)
            return Http2Error.None;
        var stream = opening;
        request.Finish(hasBody: !stream.IsInputClosed);
        var status = request.RefusedWith;
        (request, opening) = (null, null);
        if (status == 0)
            Guard.CountUseful(reader.BlockLength);
        if (status != 0)
        {
            Answer(stream, Response.Page(stream.Head, status));
        }
        else if (!responder.WaitsForBody || stream.IsInputClosed || stream.Head.ContentLength > Responder.LargestBody)
        {
            unanswered = stream;
        }
        else
        {
            // nginx opens the window fully once it reads a body.
            FrameWriter.WindowUpdate(output, stream.Id, (int)(Http2Limits.LargestWindow - stream.ReceiveWindow));
            stream.ReceiveWindow = Http2Limits.LargestWindow;
        }
        return Http2Error.None;
    }

    private void Answer(Http2Stream stream, Response response)
    {
        stream.Response = response;
        var fields = HeaderBlockWriter.Write(response, responder.Like.Server, timeProvider.GetUtcNow(), settings.AwaitsTableSize);
        settings.AwaitsTableSize = false;
        var start = Output.Length;
        var isHeadOnly = stream.Head.IsHead || response.Status == NginxStatus.NotModified || response.ContentLength == 0;
        FrameWriter.Head(
            output, fields.Length, FrameType.Headers, (byte)(FrameFlags.EndHeaders | (isHeadOnly ? FrameFlags.EndStream : 0)), stream.Id);
        output.Write(fields.Span);
        if (!isHeadOnly)
            Output.EndUnflushed(start);
        Output.EndChain();
        if (isHeadOnly)
        {
            Finish(stream);
            return;
        }
        stream.Remaining = response.BodyLength;
        stream.HasUnsentBody = true;
        stream.StartTime();
    }

    // After an answer that did not wait for the request's body, asks the client to stop sending it (RFC 9113, 8.1).
    private void Finish(Http2Stream stream)
    {
        streams.Remove(stream);
        if (!stream.IsInputClosed)
            FrameWriter.ResetStream(output, stream.Id, Http2Error.NoError);
    }

    private void Reset(Http2Stream stream, Http2Error error)
    {
        streams.Abandon(stream);
        FrameWriter.ResetStream(output, stream.Id, error);
    }

    private Http2Error ReceiveData(Frame frame)
    {
        if (frame.Stream == 0)
            return Http2Error.Protocol;
        if (frame.Length > receiveWindow)
            return Http2Error.FlowControl;
        receiveWindow -= frame.Length;
        if (receiveWindow < Http2Limits.LargestWindow / 4)
        {
            FrameWriter.WindowUpdate(output, 0, (int)(Http2Limits.LargestWindow - receiveWindow));
            receiveWindow = Http2Limits.LargestWindow;
        }
        if (streams.Find(frame.Stream) is not { } stream)
            return Http2Error.None;
        Guard.CountUseful(frame.Length);
        if (frame.Length > stream.ReceiveWindow)
        {
            Reset(stream, Http2Error.FlowControl);
            return Http2Error.None;
        }
        stream.ReceiveWindow -= frame.Length;
        if (stream.IsInputClosed)
        {
            Reset(stream, Http2Error.StreamClosed);
            return Http2Error.None;
        }
        stream.BodyLength += frame.Length - frame.Padding;
        if (stream.Response is not null)
            return Http2Error.None;
        stream.StartTime();
        if (stream.BodyLength > Responder.LargestBody)
            Answer(stream, Response.Page(stream.Head, NginxStatus.RequestEntityTooLarge));
        return Http2Error.None;
    }

    private Http2Error EndData(Frame frame)
    {
        if (!frame.Has(FrameFlags.EndStream) || streams.Find(frame.Stream) is not { IsInputClosed: false } stream)
            return Http2Error.None;
        stream.IsInputClosed = true;
        if (stream.Response is not null)
            return Http2Error.None;
        var isShort = stream.Head.ContentLength >= 0 && stream.Head.ContentLength != stream.BodyLength;
        if (isShort)
            Answer(stream, Response.Page(stream.Head, NginxStatus.BadRequest));
        else
            unanswered = stream;
        return Http2Error.None;
    }

    private Http2Error ReceivePriority(Frame frame)
    {
        if (!Guard.MayPrioritize())
            return Http2Error.EnhanceYourCalm;
        if (frame.Stream == 0)
            return Http2Error.Protocol;
        return Dependency(frame) == frame.Stream ? Http2Error.Protocol : Http2Error.None;
    }

    private static int Dependency(Frame frame) =>
        frame.Payload.IsEmpty ? 0 : BinaryPrimitives.ReadInt32BigEndian(frame.Payload) & int.MaxValue;

    private Http2Error ReceiveReset(Frame frame)
    {
        if (frame.Stream == 0)
            return Http2Error.Protocol;
        if (streams.Find(frame.Stream) is { } stream)
            streams.Abandon(stream);
        return Http2Error.None;
    }

    private Http2Error ReceiveSettings(Frame frame)
    {
        if (frame.Flags == FrameFlags.Ack)
            return Http2Error.None;
        var error = settings.Take(frame, out var windowChange);
        if (error != Http2Error.None || !frame.IsEnd)
            return error;
        FrameWriter.SettingsAck(output);
        AdjustWindows(windowChange);
        return Http2Error.None;
    }

    private void AdjustWindows(long delta)
    {
        foreach (var stream in streams.ToList())
        {
            if (delta > Http2Limits.LargestWindow - stream.SendWindow && delta > 0)
                Reset(stream, Http2Error.FlowControl);
            else
                stream.OpenWindow(delta);
        }
    }

    private Http2Error ReceivePing(Frame frame)
    {
        FrameWriter.PingAck(output, frame.Payload);
        return Http2Error.None;
    }

    private Http2Error ReceiveWindowUpdate(Frame frame)
    {
        var increment = BinaryPrimitives.ReadInt32BigEndian(frame.Payload) & int.MaxValue;
        if (increment == 0)
            return Http2Error.Protocol;
        if (frame.Stream == 0)
        {
            if (increment > Http2Limits.LargestWindow - streams.SendWindow)
                return Http2Error.FlowControl;
            streams.SendWindow += increment;
            return Http2Error.None;
        }
        if (streams.Find(frame.Stream) is not { } stream)
            return Http2Error.None;
        if (increment > Http2Limits.LargestWindow - stream.SendWindow)
            Reset(stream, Http2Error.FlowControl);
        else
            stream.OpenWindow(increment);
        return Http2Error.None;
    }
}
