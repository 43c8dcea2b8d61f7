using System.Buffers;
using System.Buffers.Binary;
using Heliograph.Web.Http;

namespace Heliograph.Web.Http2;

/// <summary>
/// The state of an HTTP/2 connection: what each frame does to it, as in nginx 1.22 (<c>ngx_http_v2.c</c>), and what to
/// send. No sockets here.
/// </summary>
internal sealed class Http2Session : IDisposable
{
    private readonly Responder responder;
    private readonly TimeProvider timeProvider;
    private readonly HpackDecoder decoder = new();
    private readonly List<Http2Stream> streams = [];

    private readonly ArrayBufferWriter<byte> output = new();
    private readonly ArrayBufferWriter<byte> block = new();

    private int blockStream;
    private bool blockEndsStream;
    private bool isInBlock;
    private Http2Error blockRefusal;
    private int lastStream;
    private int requests;
    private int refused;
    private int streamsInBatch;
    private int priorityLeft = Http2Limits.MostStreams;
    private long sendWindow = Http2Limits.DefaultWindow;
    private long receiveWindow = Http2Limits.LargestWindow;
    private int initialWindow = Http2Limits.DefaultWindow;
    private int frameSize = Http2Limits.DefaultFrame;
    private bool announceTable;
    private long received;
    private long useful;

    public Http2Session(Responder responder, TimeProvider timeProvider)
    {
        this.responder = responder;
        this.timeProvider = timeProvider;
        FrameWriter.Preface(output);
    }

    public bool IsIdle => streams.Count == 0;

    /// <summary>GOAWAY has been sent.</summary>
    public bool IsGoingAway { get; private set; }

    /// <summary>After a GOAWAY, every request that had begun has been answered.</summary>
    public bool IsFinished => IsGoingAway && IsIdle;

    /// <summary>An answer has bytes left and room in its windows.</summary>
    public bool CanSend => streams.Exists(CanSendOn);

    /// <summary>Counts received bytes.</summary>
    public void Count(int bytes) => received += bytes;

    /// <summary>Everything that had arrived has been read: as many new streams again are allowed at once.</summary>
    public void BeginBatch() => streamsInBatch = 0;

    /// <summary>Frames to be sent; valid until <see cref="ReleaseOutput"/>.</summary>
    public ReadOnlyMemory<byte> Output => output.WrittenMemory;

    public void ReleaseOutput() => output.ResetWrittenCount();

    public void GoAway(Http2Error error)
    {
        IsGoingAway = true;
        FrameWriter.GoAway(output, lastStream, error);
    }

    public void Dispose() => streams.ForEach(stream => stream.Dispose());

    /// <summary>Anything but <see cref="Http2Error.None"/> ends the connection.</summary>
    public Http2Error Receive(Frame frame)
    {
        if (received / 8 > useful + Http2Limits.FloodAllowance)
            return Http2Error.NoError;
        if (isInBlock && (frame.Type != FrameType.Continuation || frame.Stream != blockStream))
            return Http2Error.Protocol;
        return frame.Type switch
        {
            FrameType.Data => frame.IsEndOfData ? EndData(frame) : ReceiveData(frame),
            FrameType.Headers => ReceiveHeaders(frame),
            FrameType.Priority => ReceivePriority(frame),
            FrameType.ResetStream => ReceiveReset(frame),
            FrameType.Settings => ReceiveSettings(frame),
            FrameType.Ping => ReceivePing(frame),
            FrameType.WindowUpdate => ReceiveWindowUpdate(frame),
            FrameType.Continuation when isInBlock => ReceiveHeaderBlock(frame.Payload, frame.Has(FrameFlags.EndHeaders)),
            _ => Http2Error.Protocol,
        };
    }

    /// <summary>
    /// Adds DATA of one stream, at most <paramref name="most"/> bytes; a stream that has more goes to the end of the queue.
    /// </summary>
    public async ValueTask SendSomeAsync(int most, CancellationToken cancellationToken)
    {
        var stream = streams.Find(CanSendOn);
        for (var sent = 0; stream is not null && sent < most && CanSendOn(stream);)
        {
            var length = (int)
                Math.Min(Math.Min(stream.Remaining, Math.Min(Http2Limits.DataChunk, frameSize)), Math.Min(sendWindow, stream.SendWindow));
            var isLast = length == stream.Remaining;
            FrameWriter.Head(output, length, FrameType.Data, isLast ? FrameFlags.EndStream : FrameFlags.None, stream.Id);
            var memory = output.GetMemory(Math.Max(length, 1))[..length];
            if (await stream.ReadAsync(memory, cancellationToken) != length)
                throw new EndOfStreamException();
            output.Advance(length);
            sent += length;
            stream.Remaining -= length;
            stream.SendWindow -= length;
            sendWindow -= length;
            if (isLast)
            {
                Finish(stream);
                return;
            }
        }
        if (stream is not null)
        {
            streams.Remove(stream);
            streams.Add(stream);
        }
    }

    private bool CanSendOn(Http2Stream stream) =>
        stream.HasUnsentBody && (stream.Remaining == 0 || (stream.SendWindow > 0 && sendWindow > 0));

    private Http2Error ReceiveHeaders(Frame frame)
    {
        var payload = frame.Payload;
        var padding = 0;
        if (frame.Has(FrameFlags.Padded))
        {
            padding = payload[0];
            payload = payload[1..];
        }
        var dependsOn = 0;
        if (frame.Has(FrameFlags.Priority))
        {
            dependsOn = BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue;
            payload = payload[5..];
        }
        if (padding > payload.Length)
            return Http2Error.Protocol;
        if (frame.Stream % 2 == 0 || frame.Stream <= lastStream)
            return Http2Error.Protocol;
        useful += payload.Length;
        // After a GOAWAY no request is answered; the block is still decoded, because all streams share its table.
        isInBlock = true;
        blockStream = frame.Stream;
        blockEndsStream = frame.Has(FrameFlags.EndStream);
        if (!IsGoingAway)
        {
            if (dependsOn == frame.Stream)
                return Http2Error.Protocol;
            lastStream = frame.Stream;
            priorityLeft += Http2Limits.MostStreams;
            blockRefusal =
                streams.Count >= Http2Limits.MostStreams || streamsInBatch++ >= 2 * Http2Limits.MostStreams
                    ? Http2Error.RefusedStream
                    : Http2Error.None;
        }
        else
        {
            blockRefusal = Http2Error.RefusedStream;
        }
        if (padding == payload.Length)
            return Http2Error.FrameSize;
        return ReceiveHeaderBlock(payload[..^padding], frame.Has(FrameFlags.EndHeaders));
    }

    private Http2Error ReceiveHeaderBlock(ReadOnlySpan<byte> fragment, bool isLast)
    {
        if (block.WrittenCount + fragment.Length > Http2Limits.LargestBlock)
            return Http2Error.EnhanceYourCalm;
        block.Write(fragment);
        if (!isLast)
            return Http2Error.None;
        isInBlock = false;
        var builder = new Http2RequestBuilder();
        var error = decoder.Decode(block.WrittenSpan, builder.AddField);
        block.ResetWrittenCount();
        if (error == Http2Error.None)
            error = builder.Error;
        if (error != Http2Error.None)
            return error;
        if (blockRefusal != Http2Error.None)
            return IsGoingAway ? Http2Error.None : Refuse(blockStream, blockRefusal);
        if (++requests == Http2Limits.MostRequests)
            GoAway(Http2Error.NoError);
        if (builder.IsMalformed)
        {
            FrameWriter.ResetStream(output, blockStream, Http2Error.Protocol);
            return Http2Error.None;
        }
        builder.Finish(hasBody: !blockEndsStream);
        Open(builder);
        return Http2Error.None;
    }

    private Http2Error Refuse(int stream, Http2Error error)
    {
        if (refused++ > Http2Limits.MostStreams)
            return Http2Error.NoError;
        FrameWriter.ResetStream(output, stream, error);
        return Http2Error.None;
    }

    private void Open(Http2RequestBuilder builder)
    {
        var stream = new Http2Stream { Id = blockStream, Head = builder.Head, SendWindow = initialWindow, IsInputClosed = blockEndsStream };
        streams.Add(stream);
        if (builder.RefusedWith != 0)
        {
            Answer(stream, Response.Page(stream.Head, builder.RefusedWith));
        }
        else if (!responder.WaitsForBody || stream.IsInputClosed || stream.Head.ContentLength > Responder.LargestBody)
        {
            Answer(stream, responder.Respond(stream.Head));
        }
        else
        {
            // nginx opens the window fully once it reads a body.
            FrameWriter.WindowUpdate(output, stream.Id, (int)(Http2Limits.LargestWindow - stream.ReceiveWindow));
            stream.ReceiveWindow = Http2Limits.LargestWindow;
        }
    }

    private void Answer(Http2Stream stream, Response response)
    {
        stream.Response = response;
        var fields = HeaderBlockWriter.Write(response, timeProvider.GetUtcNow(), announceTable);
        announceTable = false;
        var isHeadOnly = stream.Head.IsHead || response.Status == NginxStatus.NotModified || response.ContentLength == 0;
        FrameWriter.Head(
            output, fields.Length, FrameType.Headers, (byte)(FrameFlags.EndHeaders | (isHeadOnly ? FrameFlags.EndStream : 0)), stream.Id);
        output.Write(fields.Span);
        if (isHeadOnly)
        {
            Finish(stream);
            return;
        }
        stream.Remaining = response.ContentLength ?? 0;
        stream.HasUnsentBody = true;
    }

    // After an answer that did not wait for the request's body, asks the client to stop sending it (RFC 9113, 8.1).
    private void Finish(Http2Stream stream)
    {
        streams.Remove(stream);
        stream.Dispose();
        if (!stream.IsInputClosed)
            FrameWriter.ResetStream(output, stream.Id, Http2Error.NoError);
    }

    private void Reset(Http2Stream stream, Http2Error error)
    {
        streams.Remove(stream);
        stream.Dispose();
        FrameWriter.ResetStream(output, stream.Id, error);
    }

    private Http2Stream? Find(int id) => streams.Find(stream => stream.Id == id);

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
        if (Find(frame.Stream) is not { } stream)
            return Http2Error.None;
        useful += frame.Length;
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
        if (stream.Response is null && stream.BodyLength > Responder.LargestBody)
            Answer(stream, Response.Page(stream.Head, NginxStatus.RequestEntityTooLarge));
        return Http2Error.None;
    }

    private Http2Error EndData(Frame frame)
    {
        if (!frame.Has(FrameFlags.EndStream) || Find(frame.Stream) is not { IsInputClosed: false } stream)
            return Http2Error.None;
        stream.IsInputClosed = true;
        if (stream.Response is not null)
            return Http2Error.None;
        var isShort = stream.Head.ContentLength >= 0 && stream.Head.ContentLength != stream.BodyLength;
        Answer(stream, isShort ? Response.Page(stream.Head, NginxStatus.BadRequest) : responder.Respond(stream.Head));
        return Http2Error.None;
    }

    private Http2Error ReceivePriority(Frame frame)
    {
        if (--priorityLeft == 0)
            return Http2Error.EnhanceYourCalm;
        if (frame.Stream == 0)
            return Http2Error.Protocol;
        if ((BinaryPrimitives.ReadInt32BigEndian(frame.Payload) & int.MaxValue) != frame.Stream)
            return Http2Error.None;
        return Http2Error.Protocol;
    }

    private Http2Error ReceiveReset(Frame frame)
    {
        if (frame.Stream == 0)
            return Http2Error.Protocol;
        if (Find(frame.Stream) is { } stream)
        {
            streams.Remove(stream);
            stream.Dispose();
        }
        return Http2Error.None;
    }

    private Http2Error ReceiveSettings(Frame frame)
    {
        if (frame.Flags == FrameFlags.Ack)
            return Http2Error.None;
        for (var rest = frame.Payload; !rest.IsEmpty; rest = rest[6..])
        {
            var value = BinaryPrimitives.ReadUInt32BigEndian(rest[2..]);
            switch (BinaryPrimitives.ReadUInt16BigEndian(rest))
            {
                case 1:
                    announceTable = true;
                    break;
                case 2 when value > 1:
                    return Http2Error.Protocol;
                case 4 when value > Http2Limits.LargestWindow:
                    return Http2Error.FlowControl;
                case 4:
                    foreach (var stream in streams)
                        stream.SendWindow += (int)value - (long)initialWindow;
                    initialWindow = (int)value;
                    break;
                case 5 when value is < Http2Limits.DefaultFrame or > Http2Limits.LargestFrame:
                    return Http2Error.Protocol;
                case 5:
                    frameSize = (int)value;
                    break;
            }
        }
        FrameWriter.SettingsAck(output);
        return Http2Error.None;
    }

    private Http2Error ReceivePing(Frame frame)
    {
        FrameWriter.PingAck(output, frame.Payload);
        return Http2Error.None;
    }

    private Http2Error ReceiveWindowUpdate(Frame frame)
    {
        var increment = BinaryPrimitives.ReadInt32BigEndian(frame.Payload) & int.MaxValue;
        if (frame.Stream == 0)
        {
            if (increment == 0)
                return Http2Error.Protocol;
            if (increment > Http2Limits.LargestWindow - sendWindow)
                return Http2Error.FlowControl;
            sendWindow += increment;
            return Http2Error.None;
        }
        if (Find(frame.Stream) is not { } stream)
            return Http2Error.None;
        if (increment == 0)
            return Http2Error.Protocol;
        if (increment > Http2Limits.LargestWindow - stream.SendWindow)
            Reset(stream, Http2Error.FlowControl);
        else
            stream.SendWindow += increment;
        return Http2Error.None;
    }
}
