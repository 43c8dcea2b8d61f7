namespace Heliograph.Web.Http;

/// <summary>Finds the end of a request's body without storing it (<c>ngx_http_parse_chunked</c>). No I/O.</summary>
internal sealed class RequestBodyReader
{
    // nginx looks at the size before each of its characters, and at the one behind it.
    private const long LargestChunk = long.MaxValue / 16;

    private readonly bool isChunked;
    private State state = State.ChunkStart;
    private long remaining;
    private bool isInChunk;

    public RequestBodyReader(RequestHead head)
    {
        isChunked = head.IsChunked;
        remaining = isChunked ? 0 : Math.Max(head.ContentLength, 0);
        IsDone = !head.HasBody;
    }

    private enum State
    {
        ChunkStart, ChunkSize, ChunkExtension, ChunkExtensionAlmostDone, ChunkData, AfterData, AfterDataAlmostDone, LastChunkExtension,
        LastChunkExtensionAlmostDone, Trailer, TrailerAlmostDone, TrailerHeader, TrailerHeaderAlmostDone,
    }

    public bool IsDone { get; private set; }

    /// <summary>The chunks are malformed; nothing after them can be understood.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Bytes of content so far, and of the chunk that has begun.</summary>
    public long Length { get; private set; }

    /// <summary>Returns how many of the bytes belong to the body.</summary>
    public int Consume(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (taken < bytes.Length && !IsDone && !IsBroken)
        {
            if (!isChunked || state == State.ChunkData)
            {
                var count = (int)Math.Min(remaining, bytes.Length - taken);
                if (!isChunked)
                    Length += count;
                else if (!isInChunk)
                    Length += remaining;
                taken += count;
                remaining -= count;
                isInChunk = remaining > 0;
                if (remaining == 0)
                {
                    IsDone = !isChunked;
                    state = State.AfterData;
                }
                continue;
            }
            Step(bytes[taken++]);
        }
        return taken;
    }

    private void Step(byte b)
    {
        switch (state)
        {
            case State.ChunkStart when char.IsAsciiHexDigit((char)b):
                remaining = Hex(b);
                state = State.ChunkSize;
                break;
            case State.ChunkSize when remaining > LargestChunk:
                IsBroken = true;
                break;
            case State.ChunkSize when char.IsAsciiHexDigit((char)b):
                remaining = (remaining * 16) + Hex(b);
                break;
            case State.ChunkSize:
                state = (b, remaining) switch
                {
                    ((byte)'\r', 0) => State.LastChunkExtensionAlmostDone,
                    ((byte)'\n', 0) => State.Trailer,
                    ((byte)';' or (byte)' ' or (byte)'\t', 0) => State.LastChunkExtension,
                    ((byte)'\r', _) => State.ChunkExtensionAlmostDone,
                    ((byte)'\n', _) => State.ChunkData,
                    ((byte)';' or (byte)' ' or (byte)'\t', _) => State.ChunkExtension,
                    _ => Break(),
                };
                break;
            case State.ChunkExtension:
                state = b switch { (byte)'\r' => State.ChunkExtensionAlmostDone, (byte)'\n' => State.ChunkData, _ => state };
                break;
            case State.ChunkExtensionAlmostDone:
                state = b == '\n' ? State.ChunkData : Break();
                break;
            case State.AfterData:
                state = b switch { (byte)'\r' => State.AfterDataAlmostDone, (byte)'\n' => State.ChunkStart, _ => Break() };
                break;
            case State.AfterDataAlmostDone:
                state = b == '\n' ? State.ChunkStart : Break();
                break;
            case State.LastChunkExtension:
                state = b switch { (byte)'\r' => State.LastChunkExtensionAlmostDone, (byte)'\n' => State.Trailer, _ => state };
                break;
            case State.LastChunkExtensionAlmostDone:
                state = b == '\n' ? State.Trailer : Break();
                break;
            case State.Trailer:
                IsDone = b == '\n';
                state = b == '\r' ? State.TrailerAlmostDone : State.TrailerHeader;
                break;
            case State.TrailerAlmostDone:
                IsDone = b == '\n';
                IsBroken = !IsDone;
                break;
            case State.TrailerHeader:
                state = b switch { (byte)'\r' => State.TrailerHeaderAlmostDone, (byte)'\n' => State.Trailer, _ => state };
                break;
            case State.TrailerHeaderAlmostDone:
                state = b == '\n' ? State.Trailer : Break();
                break;
            default:
                IsBroken = true;
                break;
        }
    }

    private State Break()
    {
        IsBroken = true;
        return state;
    }

    private static int Hex(byte b) => b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;
}
