namespace Heliograph.Web.Http2;

/// <summary>nginx's guards against a client that makes work for nothing (<c>ngx_http_v2.c</c>).</summary>
internal sealed class FloodGuard
{
    private long received;
    private long useful;
    private int refused;
    private int streamsInBatch;
    private int idleBatches;
    private int priorityLeft = Http2Limits.MostStreams;

    /// <summary>Far more has come than what belongs to requests.</summary>
    public bool IsFlooded => received / 8 > useful + Http2Limits.FloodAllowance;

    /// <summary>Counts received bytes.</summary>
    public void Count(int bytes) => received += bytes;

    /// <summary>Counts those that were a header block, or a body.</summary>
    public void CountUseful(int bytes) => useful += bytes;

    /// <summary>Everything that had arrived has been read: as many new streams again are allowed at once.</summary>
    public void BeginBatch() => streamsInBatch = 0;

    /// <summary>The client makes itself heard, and nothing is in progress. False: it has done so too often.</summary>
    public bool MayWakeUp() => idleBatches++ <= Http2Limits.MostIdleBatches;

    /// <summary>A stream begins. False: it has to be refused.</summary>
    /// <param name="open">How many there are.</param>
    public bool MayOpen(int open)
    {
        if (open >= Http2Limits.MostStreams || streamsInBatch++ >= 2 * Http2Limits.MostStreams)
            return false;
        priorityLeft += Http2Limits.MostStreams;
        return true;
    }

    /// <summary>A stream is refused. False: too many were.</summary>
    public bool MayRefuse() => refused++ <= Http2Limits.MostStreams;

    /// <summary>A PRIORITY has come. False: it is one too many.</summary>
    public bool MayPrioritize() => --priorityLeft != 0;
}
