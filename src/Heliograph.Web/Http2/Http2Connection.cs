using System.Buffers;
using Heliograph.Web.Http;

namespace Heliograph.Web.Http2;

/// <summary>
/// One HTTP/2 connection, by prior knowledge: reads what has arrived, answers it, sends what the windows allow, and waits. All in
/// one thread of control, as in nginx; <see cref="Http2Session"/> knows what the frames mean.
/// </summary>
internal sealed class Http2Connection : IDisposable
{
    private const int ReadSize = 16 * 1024;

    // Sent in one go; after this much, a large answer lets the others go ahead.
    private const int WriteSize = 64 * 1024;

    private readonly ClientSocket client;
    private readonly TimeProvider timeProvider;
    private readonly Http2Session session;
    private byte[] buffer = [];
    private int start;
    private int filled;

    public Http2Connection(ClientSocket client, Responder responder, TimeProvider timeProvider)
    {
        this.client = client;
        this.timeProvider = timeProvider;
        session = new(responder, timeProvider, client.Age);
    }

    public async Task RunAsync()
    {
        try
        {
            await ServeAsync();
        }
        catch (OperationCanceledException)
        {
            client.EndSilently();
            throw;
        }
    }

    public void Dispose()
    {
        session.Dispose();
        ReturnBuffer();
    }

    private async Task ServeAsync()
    {
        var error = Http2Error.None;
        while (error == Http2Error.None)
        {
            var isTaken = TryReceiveFrame(out error);
            await session.AnswerAsync();
            await SendAsync();
            if (session.IsFinished)
                error = Http2Error.NoError;
            if (error != Http2Error.None || isTaken)
                continue;
            // nginx answers all that has arrived before it lets the frames go that are no answers, which it does not for a client that has
            // left (ngx_http_v2_read_handler).
            var hasUnread = await client.HasUnreadAsync();
            if ((!hasUnread && !client.HasEnded) || session.Output.Length >= WriteSize)
                session.Output.EndChain();
            await session.Output.SendAsync(client);
            if (session.CanSend && !hasUnread)
                continue;
            // nginx closes an idle connection cleanly, and one that stops half-way with an error.
            var isIdle = session.IsIdle && filled == start && !session.IsInFrame;
            var left = session.FindTimeLeft();
            if (left == TimeSpan.Zero || !await WaitAsync(left))
                error = session.TimeOut(isIdle);
            else if (isIdle && !session.Guard.MayWakeUp())
                error = Http2Error.NoError;
            else if (!await FillAsync())
            {
                client.EndSilently();
                return;
            }
        }
        if (session.EndsSilently)
            client.EndSilently();
        if (!session.IsGoingAway)
            session.GoAway(error);
        session.Output.EndChain();
        await session.Output.SendAsync(client);
        await Lingering.CloseAsync(client, hasUnread: true, timeProvider);
    }

    private bool TryReceiveFrame(out Http2Error error)
    {
        var isTaken = session.TryReceive(buffer.AsSpan(start, filled - start), out var taken, out error);
        start += taken;
        return isTaken;
    }

    // Sends as much as the windows allow, without delaying a window update or a cancellation for long.
    private async Task SendAsync()
    {
        while (session.CanSend)
        {
            await session.SendSomeAsync(WriteSize, client.Deadline);
            if (session.Output.Ready < WriteSize)
                continue;
            await session.Output.SendAsync(client);
            if (await client.HasUnreadAsync())
                return;
        }
    }

    private async ValueTask<bool> WaitAsync(TimeSpan patience)
    {
        buffer.AsSpan(start, filled - start).CopyTo(buffer);
        filled -= start;
        start = 0;
        if (filled == 0)
            ReturnBuffer();
        // nginx counts a client's new streams until it has read all that had arrived.
        if (!await client.HasUnreadAsync())
            session.Guard.BeginBatch();
        return await client.WaitReadableAsync(patience);
    }

    // False at the end of the stream. What waits for its rest is never longer than the client's preface, so there is always room.
    private async ValueTask<bool> FillAsync()
    {
        if (buffer.Length == 0)
            buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        var count = await client.ReceiveAsync(buffer.AsMemory(filled));
        filled += count;
        session.Guard.Count(count);
        return count > 0;
    }

    private void ReturnBuffer()
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }
}
