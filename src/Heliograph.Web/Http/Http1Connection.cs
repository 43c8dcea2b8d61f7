using System.Buffers;
using System.Text;

namespace Heliograph.Web.Http;

/// <summary>
/// One HTTP/1 connection, from its first byte to its close, with nginx's time limits. Owns a buffer only during a request.
/// </summary>
internal sealed class Http1Connection : IDisposable
{
    // nginx: keepalive_requests.
    private const int MostRequests = 1000;

    private static readonly byte[] Continue = Encoding.ASCII.GetBytes("HTTP/1.1 100 Continue\r\n\r\n");

    private readonly ClientSocket client;
    private readonly Responder responder;
    private readonly TimeProvider timeProvider;
    private byte[] buffer = [];
    private int filled;
    private bool hasPipelined;

    // No byte of a request has come: nginx takes leave of such a client, and of no other that stops.
    private bool isIdle;

    public Http1Connection(ClientSocket client, Responder responder, TimeProvider timeProvider)
    {
        this.client = client;
        this.responder = responder;
        this.timeProvider = timeProvider;
    }

    public async Task RunAsync()
    {
        try
        {
            await ServeAsync();
        }
        catch (OperationCanceledException) when (!isIdle)
        {
            client.EndSilently();
            throw;
        }
    }

    public void Dispose() => ReturnBuffer();

    private async Task ServeAsync()
    {
        for (var requests = 1; await AnswerOneAsync(isFirst: requests == 1, isLast: requests == MostRequests); requests++)
        {
            if (filled == 0)
                ReturnBuffer();
            hasPipelined |= filled > 0;
        }
    }

    // True: the connection stays open for another request.
    private async Task<bool> AnswerOneAsync(bool isFirst, bool isLast)
    {
        isIdle = filled == 0;
        if (isIdle)
        {
            client.SetDeadline(isFirst ? NginxClock.FirstHeaderLeft(client.Age) : NginxClock.KeepAlive);
            await client.WaitReadableAsync();
        }
        if (!isFirst || filled != 0)
            client.SetDeadline(NginxClock.ClientHeader);

        var parser = new RequestHeadParser(responder.Like);
        var outcome = parser.Parse(buffer.AsSpan(0, filled));
        while (outcome == HeadOutcome.NeedMore)
        {
            if (!await FillAsync())
                return false;
            outcome = parser.Parse(buffer.AsSpan(0, filled));
        }

        var head = parser.Head;
        var body = new RequestBodyReader(head);
        if (outcome == HeadOutcome.Complete || parser.IsHeadRead)
        {
            Consume(parser.Consumed);
            Consume(body.Consume(buffer.AsSpan(0, filled)));
        }
        if (outcome == HeadOutcome.Refused)
        {
            using var refusal = Response.Page(head, parser.RefusedWith);
            await WriteAsync(head, refusal, keepsAlive: false, withContinue: false);
            await EndAsync(body, hasUnread: !parser.IsHeadRead || filled > 0);
            return false;
        }

        var fits = head.ContentLength <= Responder.LargestBody;
        if (responder.WaitsForBody && fits)
        {
            if (head.ExpectsContinue)
                await client.SendAsync(Continue);
            if (!await ReadBodyAsync(body))
                return false;
        }

        using var response = await AnswerAsync(head, body);
        var keepsAlive =
            head.KeepsAlive
            && !isLast
            && client.Age <= NginxClock.KeepAliveTime
            && !response.Closes
            && !responder.ClosesAlways
            && !head.IsPostOfOldExplorer
            && !body.IsBroken
            && head.Version >= RequestHead.Http10;
        await WriteAsync(head, response, keepsAlive, withContinue: response.TakesBody && head.ExpectsContinue);
        if (response.Drops)
            return false;
        if (!keepsAlive)
        {
            await EndAsync(body, hasUnread: filled > 0);
            return false;
        }
        return body.IsDone || await DiscardAsync(body);
    }

    // nginx rejects malformed chunks only where it reads the body before it answers.
    private async ValueTask<Response> AnswerAsync(RequestHead head, RequestBodyReader body)
    {
        if (responder.WaitsForBody && body.Length > Responder.LargestBody)
            return Response.Page(head, NginxStatus.RequestEntityTooLarge);
        var response =
            body.IsBroken && responder.WaitsForBody ? Response.Page(head, NginxStatus.BadRequest) : await responder.RespondAsync(head);
        if (!body.IsBroken || !response.TakesBody)
            return response;
        response.Dispose();
        return Response.Page(head, NginxStatus.BadRequest, takesBody: true);
    }

    // False if the client closes before its body is complete.
    private async Task<bool> ReadBodyAsync(RequestBodyReader body)
    {
        while (!body.IsDone && !body.IsBroken && body.Length <= Responder.LargestBody)
        {
            client.SetDeadline(NginxClock.ClientBody);
            if (!await FillAsync())
                return false;
            Consume(body.Consume(buffer.AsSpan(0, filled)));
        }
        return true;
    }

    private async Task WriteAsync(RequestHead head, Response response, bool keepsAlive, bool withContinue)
    {
        client.SetDeadline(NginxClock.Send);
        var hasHead = head.Version >= RequestHead.Http10;
        var isChunked = response.IsGzip && !head.IsHead;
        var headBytes = hasHead
            ? ResponseHeadWriter.Write(response, responder.Like.Server, timeProvider.GetUtcNow(), keepsAlive, isChunked)
            : [];
        // By itself, as ngx_http_test_expect sends it.
        if (withContinue)
            await client.SendAsync(Continue);
        // To HTTP/0.9, which has no HEAD, nginx sends the page even then.
        var hasBody = !(head.IsHead && hasHead) && response.Status != NginxStatus.NotModified;
        await ResponseBodyWriter.SendAsync(client, headBytes, hasBody ? response : null);
    }

    // Until the rest of a body has arrived, nginx neither closes the connection nor shuts down sending.
    private async Task EndAsync(RequestBodyReader body, bool hasUnread)
    {
        if (body.IsDone || body.IsBroken || await DiscardAsync(body))
        {
            // Behind pipelined requests since 1.23.4, and in Debian's 1.22.1, which has the patch (bug 973861).
            await Lingering.CloseAsync(client, hasUnread || body.IsBroken || filled > 0 || hasPipelined, timeProvider);
        }
    }

    // Discards the rest of a body, under nginx's lingering_timeout and lingering_time.
    private async Task<bool> DiscardAsync(RequestBodyReader body)
    {
        var started = timeProvider.GetTimestamp();
        while (!body.IsDone)
        {
            var left = NginxClock.LingeringTime - timeProvider.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || body.IsBroken)
                return false;
            client.SetDeadline(left < NginxClock.LingeringTimeout ? left : NginxClock.LingeringTimeout);
            if (!await FillAsync())
                return false;
            Consume(body.Consume(buffer.AsSpan(0, filled)));
        }
        return true;
    }

    // False at the end of the stream.
    private async ValueTask<bool> FillAsync()
    {
        if (filled == buffer.Length)
            Grow();
        var count = await client.ReceiveAsync(buffer.AsMemory(filled));
        filled += count;
        if (count == 0 && !isIdle)
            client.EndSilently();
        isIdle = false;
        return count > 0;
    }

    // The parser rejects a head before it fills the largest buffer, so this ends.
    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Math.Max(buffer.Length * 2, 2048), RequestHeadParser.LongestHead + 1));
        buffer.AsSpan(0, filled).CopyTo(larger);
        var old = buffer;
        buffer = larger;
        if (old.Length > 0)
            ArrayPool<byte>.Shared.Return(old);
    }

    private void Consume(int count)
    {
        buffer.AsSpan(count, filled - count).CopyTo(buffer);
        filled -= count;
    }

    private void ReturnBuffer()
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        filled = 0;
    }
}
