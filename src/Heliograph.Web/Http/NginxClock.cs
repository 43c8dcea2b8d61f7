namespace Heliograph.Web.Http;

/// <summary>nginx's default time limits; without them, waiting would distinguish a site from nginx.</summary>
internal static class NginxClock
{
    public static readonly TimeSpan ClientHeader = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan ClientBody = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan Send = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(75);
    public static readonly TimeSpan LingeringTimeout = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan LingeringTime = TimeSpan.FromSeconds(30);
}
