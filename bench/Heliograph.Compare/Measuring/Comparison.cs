using System.Diagnostics;
using System.Globalization;
using Heliograph.Compare.Load;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare.Measuring;

/// <summary>
/// The rounds. Within a round, the proxies take turns figure by figure, so that a slow minute of the machine affects all of them.
/// </summary>
internal sealed class Comparison : IDisposable
{
    private readonly ComparisonOptions options;
    private readonly ProxyFactory factory;
    private readonly OuterTls tls;
    private readonly Action<string> progress;
    private readonly ProcessorPlan processors;
    private readonly CpuMeasurement cpu;
    private readonly LatencyMeasurement latency;
    private readonly IdleMeasurement idle;
    private readonly List<Proxy> running = [];
    private readonly Lock gate = new();
    private bool disposed;
    private string calibrated = "";
    private bool reachesHalf;

    public Comparison(
        ComparisonOptions options, ProxyFactory factory, OuterTls tls, ProcessorPlan processors, Action<string> progress)
    {
        this.options = options;
        this.factory = factory;
        this.tls = tls;
        this.processors = processors;
        this.progress = progress;
        cpu = new CpuMeasurement(tls);
        latency = new LatencyMeasurement(tls, options, processors);
        idle = new IdleMeasurement(tls, options);
    }

    public List<Sample> Samples { get; } = [];

    /// <summary>Empty with one worker.</summary>
    public List<Scaling> Scalings { get; } = [];

    /// <summary>The outer TLS that each proxy agreed to: the comparison is fair only if they are the same.</summary>
    public SortedDictionary<string, string> Ciphers { get; } = new(StringComparer.Ordinal);

    /// <summary>Messages a second at which latency is measured; null: it is not.</summary>
    public double? LatencyRate => latency.Rate > 0 ? latency.Rate : null;

    /// <summary>What the figures of latency are of, in a sentence or two; null: they are not measured.</summary>
    public string? LatencyNote => LatencyRate is null ? null : DescribeLatency();

    public void Run()
    {
        var cpuFigures = options.Figures.Intersect(Figure.Cpu).ToList();
        var isLatency = Wants(Figure.LatencyMedian, Figure.LatencyTail);
        List<Proxy> proxies = [];
        if (cpuFigures.Count > 0 || isLatency)
        {
            foreach (var name in options.Peers)
            {
                progress($"starting and warming up {name}");
                proxies.Add(Start(name));
                foreach (var figure in cpuFigures)
                    Blame(name, figure, () => cpu.Measure(proxies[^1], figure, options.Sizes.WarmUp()));
            }
        }

        if (isLatency)
            Calibrate(proxies);
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var figure in cpuFigures)
            {
                foreach (var proxy in proxies)
                    Add(round, proxy.Name, figure, () => [(figure, cpu.Measure(proxy, figure, options.Sizes))]);
            }

            if (isLatency)
            {
                var direct = latency.MeasureDirect();
                foreach (var proxy in proxies)
                    Add(round, proxy.Name, Figure.LatencyMedian, () => latency.Measure(proxy, direct));
            }

            if (Wants(Figure.Idle, Figure.IdleAll, Figure.IdleNew))
            {
                idle.MeasureLoad();
                foreach (var name in options.Peers)
                    Add(round, name, Figure.Idle, () => MeasureIdle(name));
            }
        }

        if (processors.Workers > 1)
            MeasureScaling();
        if (Ciphers.Values.Distinct(StringComparer.Ordinal).Skip(1).Any())
            throw new CompareException(
                $"the proxies agreed to different ciphers, so their figures cannot be compared: {string.Join(", ", Ciphers)}");
    }

    /// <summary>Ends every proxy; a signal may call it while <see cref="Run"/> is running.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            running.ForEach(proxy => proxy.Dispose());
            running.Clear();
        }
    }

    private bool Wants(params IEnumerable<Figure> figures) => figures.Any(options.Figures.Contains);

    private void Calibrate(List<Proxy> proxies)
    {
        var measure = proxies.Find(static proxy => proxy.Name == PeerNames.Nginx) ?? proxies[0];
        calibrated = measure.Name;
        Blame(measure.Name, Figure.LatencyMedian, () => reachesHalf = latency.Calibrate(measure));
        progress(string.Create(null, $"latency is measured at {latency.Rate:#,0} messages a second"));
    }

    private string DescribeLatency()
    {
        var rate = string.Create(CultureInfo.InvariantCulture, $"Latency at {latency.Rate:#,0} messages a second");
        var late = latency.LateRuns > 0 ? $" The load was late in {latency.LateRuns} measurements: their latency is the load's own." : "";
        return reachesHalf
            ? $"{rate}, for which {calibrated} uses half of a core.{late}"
            : $"{rate}: with more the load is late. {calibrated} uses less than half of a core.{late}";
    }

    /// <summary>In a new process: what earlier work left in the heap would hide the memory of the connections.</summary>
    private List<(Figure Figure, double Value)> MeasureIdle(string name)
    {
        var proxy = Start(name);
        List<(Figure, double)> values = [.. idle.Measure(proxy)];
        End(proxy);
        return values;
    }

    private void MeasureScaling()
    {
        var scaling = new ScalingMeasurement(tls, options, processors);
        List<Scaling> measured = [];
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var name in options.Peers)
                Blame(name, Figure.RoundTrips, () => measured.Add(scaling.Measure(Start, End, name)));
        }

        foreach (var rounds in measured.GroupBy(static one => one.Peer, StringComparer.Ordinal))
        {
            var best = rounds.MaxBy(static one => one.WithAll)! with { WithOne = rounds.Max(static one => one.WithOne) };
            Scalings.Add(best);
            progress(string.Create(null, $"{best.Workers} workers of {best.Peer} do {best.Times:0.0} times what one does"));
        }
    }

    private void Add(int round, string peer, Figure blamed, Func<IEnumerable<(Figure Figure, double Value)>> measure)
    {
        var load = Environment.CpuUsage.TotalTime;
        var stopwatch = Stopwatch.StartNew();
        List<(Figure Figure, double Value)> values = [];
        Blame(peer, blamed, () => values.AddRange(measure()));
        foreach (var (figure, value) in values.Where(pair => options.Figures.Contains(pair.Figure)))
        {
            Samples.Add(new Sample
            {
                Round = round,
                Peer = peer,
                Figure = figure.Name,
                Value = value,
                WallSeconds = stopwatch.Elapsed.TotalSeconds,
                LoadCpuSeconds = (Environment.CpuUsage.TotalTime - load).TotalSeconds,
            });
            progress(
                string.Create(
                    null,
                    $"round {round}/{options.Rounds}  {figure,-11}  {peer,-10}  {value,9:#,0.000}  " +
                    $"({stopwatch.Elapsed.TotalSeconds:0.0} s)"));
        }
    }

    private Proxy Start(string name) => Start(name, processors);

    private Proxy Start(string name, ProcessorPlan on)
    {
        Proxy proxy;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            proxy = factory.Start(name, on);
            running.Add(proxy);
        }

        proxy.WaitUntilReady(tls);
        Ciphers[name] = proxy.Cipher;
        return proxy;
    }

    private void End(Proxy proxy)
    {
        lock (gate)
            running.Remove(proxy);
        proxy.Dispose();
    }

    private static void Blame(string peer, Figure figure, Action work)
    {
        try
        {
            work();
        }
        catch (CompareException exception)
        {
            throw new CompareException($"{peer}, {figure}: {exception.Message}");
        }
    }
}
