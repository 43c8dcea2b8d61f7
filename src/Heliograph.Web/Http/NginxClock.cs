namespace Heliograph.Web.Http;

/// <summary>nginx's default time limits; without them, waiting would distinguish a site from nginx.</summary>
internal static class NginxClock
{
    /// <summary>For a request's head; that of the first one, with the handshake, from the moment of the accept.</summary>
    public static readonly TimeSpan ClientHeader = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan ClientBody = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan Send = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(75);

    /// <summary>keepalive_time: a request on an older connection is its last.</summary>
    public static readonly TimeSpan KeepAliveTime = TimeSpan.FromHours(1);

    public static readonly TimeSpan LingeringTimeout = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan LingeringTime = TimeSpan.FromSeconds(30);

    /// <summary>What is left of the time for the first request of a client of this age.</summary>
    public static TimeSpan FirstHeaderLeft(TimeSpan age) => age < ClientHeader ? ClientHeader - age : TimeSpan.Zero;
}
