namespace Heliograph.Web.Http2;

/// <summary>nginx's defaults; the first three are announced in its SETTINGS.</summary>
internal static class Http2Limits
{
    public const int MostStreams = 128;
    public const int StreamWindow = 65536;
    public const int LargestFrame = 16777215;
    public const int LargestWindow = int.MaxValue;
    public const int DefaultWindow = 65535;
    public const int DefaultFrame = 16384;

    /// <summary>http2_chunk_size</summary>
    public const int DataChunk = 8192;

    /// <summary>large_client_header_buffers: the size of one, and of all.</summary>
    public const int LargestField = 8192;
    public const int LargestHeader = 4 * 8192;

    public const int MostRequests = 1000;

    /// <summary>How often a client without a request may make itself heard (ten times keepalive_requests).</summary>
    public const int MostIdleBatches = 10 * MostRequests;

    /// <summary>What a client may send beyond eight times the bytes of its requests (nginx's flood guard).</summary>
    public const long FloodAllowance = 1 << 20;
}
