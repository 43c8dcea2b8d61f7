using System.Diagnostics;
using Heliograph.Compare.Load;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare.Measuring;

/// <summary>What connections cost that do nothing: memory of the proxy and of the kernel, and the time of whoever comes then.</summary>
internal sealed class IdleMeasurement(OuterTls tls, ComparisonOptions options)
{
    // Connections opened one after another before memory is counted, so that "at rest" means a proxy that has already served.
    private const int WarmUp = 100;
    private const int NewConnections = 20;

    // How long a proxy has to clean up after the last connection.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    // net.ipv4.tcp_fin_timeout and TCP_TIMEWAIT_LEN are 60 s.
    private static readonly TimeSpan LongestTimeWait = TimeSpan.FromSeconds(65);

    private readonly int count = options.Sizes.IdleConnections;
    private double kernelOfLoad;

    private bool CountsKernel => options.Figures.Contains(Figure.IdleAll);

    /// <summary>
    /// The kernel's memory for the two ends of a connection that are the load's, measured without a proxy between them. Once a round.
    /// </summary>
    public void MeasureLoad()
    {
        if (!CountsKernel)
            return;
        using var upstream = new StandInUpstream(Lanes.For(count));
        WaitUntilEndedAreGone();
        var before = KernelMemory.Bytes();
        var connections = Workload.OpenIdleDirect(upstream, count);
        Thread.Sleep(Settle);
        kernelOfLoad = (KernelMemory.Bytes() - before) / (double)connections.Count;
        foreach (var connection in connections)
            connection.Reset();
        _ = upstream.ReleaseResting();
        Thread.Sleep(Settle);
    }

    /// <param name="proxy">A new process: what earlier work left in its heap would hide the memory of the connections.</param>
    public IEnumerable<(Figure Figure, double Value)> Measure(Proxy proxy)
    {
        for (var i = 0; i < WarmUp; i++)
            Workload.Handshakes(proxy, tls, 1);
        proxy.Upstream.WaitUntilClosed();
        Thread.Sleep(Settle);
        var (userBefore, kernelBefore) = (proxy.PssBytes, Kernel());

        var tunnels = Workload.OpenIdle(proxy, tls, count);
        Thread.Sleep(Settle);
        var user = (proxy.PssBytes - userBefore) / (double)tunnels.Count;
        var kernel = ((Kernel() - kernelBefore) / (double)tunnels.Count) - kernelOfLoad;
        var longest = TimeSpan.Zero;
        for (var i = 0; i < NewConnections; i++)
        {
            var started = Stopwatch.GetTimestamp();
            Workload.Handshakes(proxy, tls, 1);
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
        }

        // RST from both ends: a TIME_WAIT of these would end within the next measurement.
        foreach (var tunnel in tunnels)
            tunnel.Reset();
        if (proxy.Upstream.ReleaseResting() is var reached && reached != tunnels.Count)
            throw new CompareException($"{reached} of {tunnels.Count} idle connections reached the upstream");
        yield return (Figure.Idle, user);
        yield return (Figure.IdleAll, user + kernel);
        yield return (Figure.IdleNew, longest.TotalMilliseconds);
    }

    private long Kernel() => CountsKernel ? KernelMemory.Bytes() : 0;

    private void WaitUntilEndedAreGone()
    {
        var started = Stopwatch.GetTimestamp();
        while (options.Judged && KernelMemory.TimeWait() > count / 100 && Stopwatch.GetElapsedTime(started) < LongestTimeWait)
            Thread.Sleep(100);
    }
}
