using System.Diagnostics;

namespace Heliograph.Compare.Load;

/// <summary>Round trips as fast as they go: each connection sends the next as soon as the last one is back.</summary>
internal static class ClosedLoop
{
    private const int Bytes = 200;

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(100);

    /// <returns>How many came back. One that is still on its way at the end is not waited for.</returns>
    public static long Run(IReadOnlyList<IMessageConnection> connections, TimeSpan length)
    {
        using var epoll = new Epoll();
        var byDescriptor = connections.ToDictionary(static connection => connection.Descriptor);
        var missing = connections.ToDictionary(static connection => connection.Descriptor, static _ => Bytes);
        var question = Traffic.Block.AsSpan(0, Bytes);
        var buffer = new byte[16 * 1024];
        long done = 0;
        foreach (var connection in connections)
        {
            epoll.Watch(connection.Descriptor);
            connection.Write(question);
        }

        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < length)
        {
            foreach (var descriptor in epoll.Wait(Turn))
            {
                var connection = byDescriptor[descriptor];
                while (connection.ReadAvailable(buffer) is var count and > 0)
                    missing[descriptor] -= count;
                if (missing[descriptor] > 0)
                    continue;
                if (missing[descriptor] < 0)
                    throw new CompareException("more bytes came back than were sent");
                done++;
                missing[descriptor] = Bytes;
                connection.Write(question);
            }
        }

        return done;
    }
}
