using Heliograph.Web.Http;

namespace Heliograph.Web.Http2;

/// <summary>A request in progress and the answer being sent.</summary>
internal sealed class Http2Stream : IDisposable
{
    private const int FileBuffer = 32 * 1024;

    private int part;
    private int sentBytes;
    private long sentOfFile;
    private long started;

    public required int Id { get; init; }

    public required RequestHead Head { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    /// <summary>
    /// How long the client may still leave the request unfinished, or the answer where it is: nginx gives it as long for a header block,
    /// for each part of a body, and to let some of the answer go (client_header_timeout, client_body_timeout, send_timeout).
    /// </summary>
    public TimeSpan TimeLeft =>
        TimeProvider.GetElapsedTime(started) is var passed && passed < NginxClock.Send ? NginxClock.Send - passed : TimeSpan.Zero;

    public long SendWindow { get; set; }

    public long ReceiveWindow { get; set; } = Http2Limits.StreamWindow;

    /// <summary>The client has sent all of the request.</summary>
    public bool IsInputClosed { get; set; }

    public long BodyLength { get; set; }

    public Response? Response { get; set; }

    /// <summary>A DATA frame is still to be sent, even if it is empty.</summary>
    public bool HasUnsentBody { get; set; }

    /// <summary>Bytes of the body still to send.</summary>
    public long Remaining { get; set; }

    /// <summary>What one DATA frame may hold of <see cref="Remaining"/>: of a gzip stream, no more than one of its parts.</summary>
    public long RemainingOfPart => Response is { IsGzip: true } gzip ? gzip.Body[part].Bytes.Length - sentBytes : Remaining;

    /// <summary>
    /// Whether what was read so far ends one of nginx's buffers: a part of a gzip stream, or 32 KB of a file (output_buffers).
    /// </summary>
    public bool IsAtEndOfBuffer => Response is { IsGzip: true } ? sentBytes == 0 : (Response!.BodyLength - Remaining) % FileBuffer == 0;

    /// <summary>The request has begun, or some of its body has come, or of the answer gone.</summary>
    public void StartTime() => started = TimeProvider.GetTimestamp();

    /// <summary>
    /// The client takes more, or less. nginx tries to go on with an answer that waited for this, and gives it its time anew, whether the
    /// connection's window lets it or not.
    /// </summary>
    public void OpenWindow(long by)
    {
        if (SendWindow <= 0 && SendWindow + by > 0)
            StartTime();
        SendWindow += by;
    }

    /// <summary>Fills a buffer from the body; the caller subtracts the bytes from <see cref="Remaining"/>.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var parts = Response!.Body;
        var filled = 0;
        while (filled < buffer.Length && part < parts.Count)
        {
            var (bytes, range) = parts[part];
            var fromBytes = Math.Min(bytes.Length - sentBytes, buffer.Length - filled);
            bytes.Slice(sentBytes, fromBytes).CopyTo(buffer[filled..]);
            sentBytes += fromBytes;
            filled += fromBytes;
            var fromFile = (int)Math.Min(range.Length - sentOfFile, buffer.Length - filled);
            if (fromFile > 0)
            {
                var read = await Response.File!.ReadAsync(range.Start + sentOfFile, buffer.Slice(filled, fromFile), cancellationToken);
                // The file shrank while it was sent.
                if (read == 0)
                    throw new EndOfStreamException();
                sentOfFile += read;
                filled += read;
            }
            if (sentBytes == bytes.Length && sentOfFile == range.Length)
            {
                part++;
                sentBytes = 0;
                sentOfFile = 0;
            }
        }
        return filled;
    }

    public void Dispose() => Response?.Dispose();
}
