using System.Diagnostics;
using Heliograph.Compare.Load;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare.Measuring;

/// <summary>
/// The rounds. Within a round, the proxies take turns figure by figure, so that a slow minute of the machine affects all of them.
/// </summary>
internal sealed class Comparison : IDisposable
{
    // Connections opened one after another before memory is counted, so that "at rest" means a proxy that has already served.
    private const int IdleWarmUp = 100;

    // How long a proxy has to clean up after the last connection.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    private readonly ComparisonOptions options;
    private readonly ProxyFactory factory;
    private readonly OuterTls tls;
    private readonly Action<string> progress;
    private readonly List<Proxy> running = [];
    private readonly Lock gate = new();
    private bool disposed;

    public Comparison(ComparisonOptions options, ProxyFactory factory, OuterTls tls, Action<string> progress)
    {
        this.options = options;
        this.factory = factory;
        this.tls = tls;
        this.progress = progress;
    }

    public List<Sample> Samples { get; } = [];

    /// <summary>The outer TLS that each proxy agreed to: the comparison is fair only if they are the same.</summary>
    public SortedDictionary<string, string> Ciphers { get; } = new(StringComparer.Ordinal);

    public void Run()
    {
        var cpuFigures = options.Figures.Where(figure => figure != Figure.Idle).ToList();
        List<Proxy> proxies = [];
        if (cpuFigures.Count > 0)
        {
            foreach (var name in options.Peers)
            {
                progress($"starting and warming up {name}");
                proxies.Add(Start(name));
                foreach (var figure in cpuFigures)
                    Blame(name, figure, () => Work(proxies[^1], figure, options.Sizes.WarmUp()));
            }
        }

        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var figure in cpuFigures)
            {
                foreach (var proxy in proxies)
                    Blame(proxy.Name, figure, () => Add(MeasureCpu(proxy, figure, round)));
            }

            if (options.Figures.Contains(Figure.Idle))
            {
                foreach (var name in options.Peers)
                    Blame(name, Figure.Idle, () => Add(MeasureIdle(name, round)));
            }
        }

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

    private Sample MeasureCpu(Proxy proxy, Figure figure, int round)
    {
        var load = Environment.CpuUsage.TotalTime;
        var stopwatch = Stopwatch.StartNew();
        var before = proxy.CpuSeconds;
        Work(proxy, figure, options.Sizes);
        var used = proxy.CpuSeconds - before;
        return new Sample
        {
            Round = round,
            Peer = proxy.Name,
            Figure = figure.Name,
            Value = used / Units(figure),
            WallSeconds = stopwatch.Elapsed.TotalSeconds,
            LoadCpuSeconds = (Environment.CpuUsage.TotalTime - load).TotalSeconds,
        };
    }

    /// <summary>In a new process: what earlier work left in the heap would hide the memory of the connections.</summary>
    private Sample MeasureIdle(string name, int round)
    {
        var load = Environment.CpuUsage.TotalTime;
        var stopwatch = Stopwatch.StartNew();
        var proxy = Start(name);
        for (var i = 0; i < IdleWarmUp; i++)
            Workload.Handshakes(proxy, tls, 1);
        proxy.Upstream.WaitUntilClosed();
        Thread.Sleep(Settle);
        var atRest = proxy.PssBytes;

        var tunnels = Workload.OpenIdle(proxy, tls, options.Sizes.IdleConnections);
        Thread.Sleep(Settle);
        var loaded = proxy.PssBytes;

        foreach (var tunnel in tunnels)
            tunnel.Dispose();
        if (proxy.Upstream.ReleaseResting() is var reached && reached != tunnels.Count)
            throw new CompareException($"{reached} of {tunnels.Count} idle connections reached the upstream");
        End(proxy);
        return new Sample
        {
            Round = round,
            Peer = name,
            Figure = Figure.Idle.Name,
            Value = (loaded - atRest) / (double)tunnels.Count,
            WallSeconds = stopwatch.Elapsed.TotalSeconds,
            LoadCpuSeconds = (Environment.CpuUsage.TotalTime - load).TotalSeconds,
        };
    }

    private void Work(Proxy proxy, Figure figure, Sizes sizes)
    {
        if (figure == Figure.Down)
            Workload.Down(proxy, tls, sizes.BulkBytes);
        else if (figure == Figure.Up)
            Workload.Up(proxy, tls, sizes.BulkBytes);
        else if (figure == Figure.Handshakes)
            Workload.Handshakes(proxy, tls, sizes.Handshakes);
        else
            Workload.RoundTrips(proxy, tls, sizes.RoundTrips);
        proxy.Upstream.WaitUntilClosed();
    }

    private double Units(Figure figure) =>
        figure == Figure.Handshakes ? options.Sizes.Handshakes / 1_000.0
        : figure == Figure.RoundTrips ? options.Sizes.RoundTrips / 10_000.0
        : options.Sizes.BulkBytes / 1e9;

    private void Add(Sample sample)
    {
        Samples.Add(sample);
        progress(
            string.Create(
                null,
                $"round {sample.Round}/{options.Rounds}  {sample.Figure,-11}  {sample.Peer,-10}  {sample.Value,9:#,0.000}  " +
                $"({sample.WallSeconds:0.0} s)")
        );
    }

    private Proxy Start(string name)
    {
        Proxy proxy;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            proxy = factory.Start(name);
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
