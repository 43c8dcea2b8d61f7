using Heliograph.Web.Http;

namespace Heliograph.Web.Http2;

/// <summary>
/// Until when the next request must have begun. nginx waits for the first one from the accept on, and for the next one from the end of the
/// last answer on (ngx_http_v2_handle_connection), and frames that are no request change nothing about that.
/// </summary>
/// <param name="timeProvider">The clock.</param>
/// <param name="age">How long ago the client was accepted.</param>
internal sealed class RequestTime(TimeProvider timeProvider, TimeSpan age)
{
    private readonly long started = timeProvider.GetTimestamp();
    private TimeSpan? due = NginxClock.ClientHeader;

    /// <summary>The connection is so old that a request is its last.</summary>
    public bool IsOver => Age > NginxClock.KeepAliveTime;

    private TimeSpan Age => age + timeProvider.GetElapsedTime(started);

    /// <summary>A request has begun.</summary>
    public void Stop() => due = null;

    /// <summary>What is left of it. It begins here if it does not run.</summary>
    public TimeSpan StartOrGoOn()
    {
        due ??= Age + NginxClock.KeepAlive;
        return due > Age ? due.Value - Age : TimeSpan.Zero;
    }
}
