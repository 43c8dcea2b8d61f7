namespace Heliograph.Web.Http2;

/// <summary>The requests in progress on one connection, in the order in which their answers go on; they share a window.</summary>
internal sealed class OpenStreams : IDisposable
{
    private readonly List<Http2Stream> streams = [];
    private bool hasAbandonedAnswer;

    public int Count => streams.Count;

    /// <summary>What the client lets all streams together send.</summary>
    public long SendWindow { get; set; } = Http2Limits.DefaultWindow;

    /// <summary>The next that has bytes left and room in both windows; null: none has.</summary>
    public Http2Stream? Next => streams.Find(CanSend);

    /// <summary>
    /// The one that has waited longest for the client; null: there is none. nginx gives each its time, whatever else happens on the
    /// connection.
    /// </summary>
    public Http2Stream? FirstToExpire => streams.MinBy(static stream => stream.TimeLeft);

    /// <summary>
    /// An answer that was not sent whole was abandoned, by either side, or would be now. nginx takes it for a client that has left, and
    /// says nothing at the end of the connection, however much later that is (ngx_http_test_reading).
    /// </summary>
    public bool EndSilently => hasAbandonedAnswer || streams.Exists(static stream => stream.HasUnsentBody);

    public bool CanSend(Http2Stream stream) =>
        stream.HasUnsentBody && (stream.Remaining == 0 || (stream.SendWindow > 0 && SendWindow > 0));

    public void Add(Http2Stream stream) => streams.Add(stream);

    public Http2Stream? Find(int id) => streams.Find(stream => stream.Id == id);

    /// <summary>A copy: the streams may be removed meanwhile.</summary>
    public IReadOnlyList<Http2Stream> ToList() => [.. streams];

    /// <summary>Lets the others go ahead.</summary>
    public void MoveToEnd(Http2Stream stream)
    {
        streams.Remove(stream);
        streams.Add(stream);
    }

    /// <summary>Its answer was sent, or its time is over.</summary>
    public void Remove(Http2Stream stream)
    {
        streams.Remove(stream);
        stream.Dispose();
    }

    /// <summary>The client or we have reset it.</summary>
    public void Abandon(Http2Stream stream)
    {
        hasAbandonedAnswer |= stream.HasUnsentBody;
        Remove(stream);
    }

    public void Dispose() => streams.ForEach(static stream => stream.Dispose());
}
