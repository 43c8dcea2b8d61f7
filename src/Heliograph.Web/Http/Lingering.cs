using System.Buffers;

namespace Heliograph.Web.Http;

/// <summary>
/// nginx's lingering close. Closing with unread bytes would reset the connection, and the client could lose the last answer, so
/// the rest is read and discarded for a while.
/// </summary>
internal static class Lingering
{
    private const int BufferSize = 4096;

    public static async Task CloseAsync(ClientSocket client, bool hasUnread, TimeProvider timeProvider)
    {
        await client.FinishSendingAsync();
        if (!hasUnread && !await client.HasUnreadAsync())
            return;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var started = timeProvider.GetTimestamp();
            do
            {
                var left = NginxClock.LingeringTime - timeProvider.GetElapsedTime(started);
                if (left <= TimeSpan.Zero)
                    return;
                client.SetDeadline(left < NginxClock.LingeringTimeout ? left : NginxClock.LingeringTimeout);
            }
            while (await client.ReceiveAsync(buffer) > 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
