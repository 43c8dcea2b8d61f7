using Heliograph.Platform;

namespace Heliograph.Web.Http;

/// <summary>
/// nginx's answer to bytes that are no line of a request, which is what a Signal client's hello is to a web site. nginx refuses it after
/// one read and one write, 40 us before it would answer a request, so this comes before all that a request needs.
/// </summary>
internal sealed class Refusal(NginxProfile like, TimeProvider timeProvider)
{
    private volatile DatedAnswer answer = new(long.MinValue, []);

    /// <summary>
    /// Answers a connection whose first bytes are none of a request. The bytes stay unread, and the connection is to be closed.
    /// </summary>
    /// <returns>False: nothing was sent.</returns>
    public bool TrySend(ClientConnection connection) =>
        RequestLineParser.IsHopeless(connection.Received) && connection.TrySend(Answer());

    /// <summary>Written anew each second, as nginx writes its date.</summary>
    private byte[] Answer()
    {
        var now = timeProvider.GetUtcNow();
        var second = now.ToUnixTimeSeconds();
        var last = answer;
        if (last.Second != second)
            answer = last = new(second, Write(now));
        return last.Bytes;
    }

    private byte[] Write(DateTimeOffset now)
    {
        using var page = Response.Page(new RequestHead(like), NginxStatus.BadRequest);
        var head = ResponseHeadWriter.Write(page, like.Server, now, keepsAlive: false, isChunked: false);
        return [.. head, .. page.Body[0].Bytes.Span];
    }

    private sealed record DatedAnswer(long Second, byte[] Bytes);
}
