using System.Net;

namespace Heliograph.Compare.Load;

/// <summary>
/// An address has 64,000 ports towards another address and port. So many connections take several: each lane has a client's address, a
/// host's name and an upstream of its own.
/// </summary>
internal static class Lanes
{
    private const int MostConnections = 50_000;

    public static int For(int connections) => Math.Max(1, (connections + MostConnections - 1) / MostConnections);

    /// <summary>The first label of its host's name.</summary>
    public static string Label(int lane) => lane == 0 ? Traffic.HostName[..4] : $"ln{lane:00}";

    public static string Host(int lane) => Label(lane) + Traffic.HostName[4..];

    public static byte[] Hello(int lane) => Traffic.HelloFor(Label(lane));

    public static IPAddress ClientAddress(int lane) => new([127, 0, (byte)(lane + 1), 1]);
}
