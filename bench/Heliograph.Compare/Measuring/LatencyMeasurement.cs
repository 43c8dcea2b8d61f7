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

    /// <summary>In how many measurements the load could not keep up, so that their latency says nothing.</summary>
    public int LateRuns { get; private set; }

    /// <summary>
    /// Finds the rate at which a proxy uses half of a core. Messages of a load that is late arrive together and cost less, and would lead
    /// to ever higher rates: then the rate stays as it was before.
    /// </summary>
    /// <returns>False: the load could not keep up, and the proxy uses less.</returns>
    public bool Calibrate(Proxy proxy)
    {
        Rate = FirstRate;
        var (next, isInTime) = (Rate, true);
        for (var turn = 0; turn < CalibrationTurns && isInTime; turn++)
        {
            var loop = Through(proxy, next, length / 5, out var cpuSeconds);
            isInTime = !loop.IsLate;
            if (isInTime)
                (Rate, next) = (next, HalfOfACore * loop.Messages / cpuSeconds);
        }

        if (isInTime)
            Rate = next;
        return isInTime;
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
            var loop = new OpenLoop(connections, Rate, length);
            loop.Run();
            return Quantiles(loop);
        }
        finally
        {
            connections.ForEach(static connection => connection.Dispose());
        }
    }

    public IEnumerable<(Figure Figure, double Value)> Measure(Proxy proxy, (double Median, double Tail) direct)
    {
        var loop = Through(proxy, Rate, length, out _);
        var (median, tail) = Quantiles(loop);
        yield return (Figure.LatencyMedian, median - direct.Median);
        yield return (Figure.LatencyTail, tail - direct.Tail);
    }

    private OpenLoop Through(Proxy proxy, double rate, TimeSpan time, out double cpuSeconds)
    {
        var tunnels = Workload.OpenMirrors(proxy, tls, Connections);
        try
        {
            var before = proxy.CpuSeconds;
            var loop = new OpenLoop(tunnels, rate, time);
            loop.Run();
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

    private (double Median, double Tail) Quantiles(OpenLoop loop)
    {
        if (loop.IsLate)
            LateRuns++;
        return (loop.Latency.GetValueAtPercentile(50) / 1e3, loop.Latency.GetValueAtPercentile(99) / 1e3);
    }
}
