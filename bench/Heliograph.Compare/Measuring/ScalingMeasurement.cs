using System.Diagnostics;
using Heliograph.Compare.Load;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare.Measuring;

/// <summary>Round trips with all workers of a proxy, and with one.</summary>
internal sealed record Scaling
{
    public required string Peer { get; init; }

    public required int Workers { get; init; }

    /// <summary>Round trips a second; where the load shares the processors, those that a worker's processor would have time for.</summary>
    public required double WithOne { get; init; }

    public required double WithAll { get; init; }

    /// <summary>How busy the processors of all workers were, from 0 to 1. Much less than 1: the load was the end.</summary>
    public required double Busy { get; init; }

    public double Times => WithAll / WithOne;
}

/// <summary>
/// Where the load has processors of its own it goes as fast as it can, and the round trips are counted. Where it has not, it is slowed, and
/// what a round trip costs says how many there would be.
/// </summary>
internal sealed class ScalingMeasurement(OuterTls tls, ComparisonOptions options, ProcessorPlan processors)
{
    private const int ConnectionsOfAWorker = 32;
    private const double SlowedRate = 2_000;

    private readonly TimeSpan length = TimeSpan.FromSeconds(options.Sizes.LatencySeconds);

    /// <param name="start">Starts a proxy, which is the caller's.</param>
    /// <param name="end">Ends it.</param>
    /// <param name="peer">Its name.</param>
    public Scaling Measure(Func<string, ProcessorPlan, Proxy> start, Action<Proxy> end, string peer)
    {
        var (one, _) = Rate(processors.WithOneWorker());
        var (all, busy) = Rate(processors);
        return new Scaling { Peer = peer, Workers = processors.Workers, WithOne = one, WithAll = all, Busy = busy };

        (double Rate, double Busy) Rate(ProcessorPlan plan)
        {
            var proxy = start(peer, plan);
            var tunnels = Workload.OpenMirrors(proxy, tls, ConnectionsOfAWorker * processors.Workers);
            try
            {
                // Warms up.
                _ = RoundTrips(tunnels, length / 5);
                var (before, started) = (proxy.CpuSeconds, Stopwatch.GetTimestamp());
                var done = RoundTrips(tunnels, length);
                var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                var used = proxy.CpuSeconds - before;
                return (processors.IsShared ? plan.Workers * done / used : done / seconds, used / seconds / plan.Workers);
            }
            finally
            {
                foreach (var tunnel in tunnels)
                    tunnel.Dispose();
                end(proxy);
            }
        }
    }

    private long RoundTrips(IReadOnlyList<Tunnel> tunnels, TimeSpan time)
    {
        if (processors.IsShared)
        {
            var loop = new OpenLoop(tunnels, SlowedRate, time);
            loop.Run();
            return loop.Messages;
        }

        // Half of the load's threads echo.
        var clients = Math.Max(1, processors.OfLoad.Count / 2);
        var shares = tunnels.Index().GroupBy(pair => pair.Index % clients, static pair => pair.Item).ToList();
        long done = 0;
        Workload.InParallel(shares.Count, number => Interlocked.Add(ref done, ClosedLoop.Run([.. shares[number]], time)));
        return done;
    }
}
