using HdrHistogram;
using Heliograph.Compare.Load;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare.Measuring;

/// <summary>How much longer a message and its echo take through a proxy, at a rate that is the same for all.</summary>
internal sealed class LatencyMeasurement(OuterTls tls, ComparisonOptions options, ProcessorPlan processors)
{
    private const int Connections = 64;
    private const double HalfOfACore = 0.5;
    private const double FirstRate = 1_000;

    // Each brings the rate closer: the more messages a second, the less each of them costs.
    private const int CalibrationTurns = 3;

    private readonly TimeSpan length = TimeSpan.FromSeconds(options.Sizes.LatencySeconds);

    /// <summary>Messages a second.</summary>
    public double Rate { get; private set; }

    /// <summary>Finds the rate at which a proxy uses half of a core.</summary>
    public void Calibrate(Proxy proxy)
    {
        Rate = FirstRate;
        for (var turn = 0; turn < CalibrationTurns; turn++)
        {
            var loop = Through(proxy, length / 5, out var cpuSeconds);
            // With too little to do, the clock of the processor is too coarse: not more than ten times as much at once.
            Rate = Math.Min(HalfOfACore * loop.Messages / Math.Max(cpuSeconds, 1e-6), 10 * Rate);
        }
    }

    /// <summary>Without a proxy.</summary>
    public (double Median, double Tail) MeasureDirect()
    {
        using var upstream = new StandInUpstream(echoLoops: processors.OfLoad.Count);
        var connections = new List<DirectConnection>();
        try
        {
            for (var i = 0; i < Connections; i++)
                connections.Add(DirectConnection.Open(upstream.Address, new Command(Verb.Mirror, 0)));
            connections.ForEach(static connection => connection.StopBlocking());
            return Quantiles(Run(connections, length).Latency);
        }
        finally
        {
            connections.ForEach(static connection => connection.Dispose());
        }
    }

    public IEnumerable<(Figure Figure, double Value)> Measure(Proxy proxy, (double Median, double Tail) direct)
    {
        var (median, tail) = Quantiles(Through(proxy, length, out _).Latency);
        yield return (Figure.LatencyMedian, median - direct.Median);
        yield return (Figure.LatencyTail, tail - direct.Tail);
    }

    private OpenLoop Through(Proxy proxy, TimeSpan time, out double cpuSeconds)
    {
        var tunnels = Workload.OpenMirrors(proxy, tls, Connections);
        try
        {
            var before = proxy.CpuSeconds;
            var loop = Run(tunnels, time);
            cpuSeconds = proxy.CpuSeconds - before;
            return loop;
        }
        finally
        {
            foreach (var tunnel in tunnels)
                tunnel.Dispose();
            proxy.Upstream.WaitUntilClosed();
        }
    }

    private OpenLoop Run(IReadOnlyList<IMessageConnection> connections, TimeSpan time)
    {
        var loop = new OpenLoop(connections, Rate, time);
        loop.Run();
        return loop;
    }

    private static (double Median, double Tail) Quantiles(LongHistogram latency) =>
        (latency.GetValueAtPercentile(50) / 1e3, latency.GetValueAtPercentile(99) / 1e3);
}
