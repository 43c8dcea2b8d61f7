namespace Heliograph.Web.Http;

/// <summary>
/// Which head is too long depends, in nginx, on how its lines fall into buffers: one of 1 KB, then up to four of 8 KB, and a
/// line that does not fit moves as a whole into the next buffer (<c>ngx_http_alloc_large_header_buffer</c>). This does the
/// same accounting without the buffers.
/// </summary>
internal sealed class HeadBufferModel
{
    public const int First = 1024;
    public const int Large = 8192;
    public const int LargeCount = 4;

    private int used;
    private int capacity = First;
    private int largeBuffers;

    /// <summary>Counts a parsed byte. False if nginx has no room for the next one.</summary>
    public bool TryAddLine(bool isBetweenLines, int lineLength, bool inRequestLine)
    {
        if (++used < capacity)
            return true;
        if (isBetweenLines && inRequestLine)
        {
            // Empty lines before the request are ignored.
            used = 0;
            return true;
        }
        if ((!isBetweenLines && lineLength >= Large) || largeBuffers == LargeCount)
            return false;
        largeBuffers++;
        capacity = Large;
        used = isBetweenLines ? 0 : lineLength;
        return true;
    }
}
