using System.Globalization;
using Heliograph.Compare.Load;
using Heliograph.Compare.Measuring;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare.Rest;

/// <summary>Starts the program some times, and then leaves one of them alone.</summary>
internal sealed class RestRun : IDisposable
{
    private const string Ready = "ready";
    private const int WarmUp = 100;

    private static readonly Goal UntilReady = new("ms from the start to `ready`", 150);
    private static readonly Goal Resident = new("MB resident at rest", 25);
    private static readonly Goal WakeUps = new("wake-ups a second", 1);

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    private readonly RestOptions options;
    private readonly ProcessorPlan processors = ProcessorPlan.For(asked: 1, Environment.ProcessorCount);
    private readonly ProxyFactory factory;
    private readonly OuterTls tls;
    private Proxy? proxy;

    public RestRun(RestOptions options, string directory)
    {
        this.options = options;
        processors.PinLoad();
        var certificates = Certificates.Create(directory);
        tls = new OuterTls(certificates.CaFile);
        factory = new ProxyFactory(directory, certificates, options.Heliograph, connections: 100, new PeerRoot(null));
    }

    /// <summary>Prints the table; returns the exit code.</summary>
    public int Run()
    {
        List<double> starts = [];
        for (var i = 0; i < options.Starts; i++)
        {
            proxy?.Dispose();
            proxy = factory.Start(PeerNames.Heliograph, processors);
            starts.Add(proxy.WaitForLine(Ready).TotalMilliseconds);
        }

        proxy!.WaitUntilReady(tls);
        for (var i = 0; i < WarmUp; i++)
            Workload.Handshakes(proxy, tls, 1);
        proxy.Upstream.WaitUntilClosed();
        Thread.Sleep(Settle);
        var before = RestUse.Of(proxy.Processes);
        Thread.Sleep(TimeSpan.FromSeconds(options.Seconds));
        var after = RestUse.Of(proxy.Processes);

        var median = starts.Order().ElementAt(starts.Count / 2);
        var wakeUps = after.WakeUpsSince(before) / (double)options.Seconds;
        Console.WriteLine("| | measured | goal | met |");
        Console.WriteLine("|---|---:|---:|:---:|");
        bool[] met = [UntilReady.Print(median), Resident.Print(after.ResidentBytes / 1e6), WakeUps.Print(wakeUps)];
        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The median of {starts.Count} starts ({starts.Min():0} to {starts.Max():0} ms). At rest: after {WarmUp} connections, " +
            $"one after the other. Wake-ups: over {options.Seconds} s, of all threads ({after.TurnsSince(before)} turns on a processor)."));
        return met.All(static one => one) ? 0 : 1;
    }

    public void Dispose()
    {
        proxy?.Dispose();
        tls.Dispose();
    }

    /// <summary>A row of the table, and the most that it may be.</summary>
    private sealed record Goal(string Title, double Most)
    {
        public bool Print(double value)
        {
            var isMet = value <= Most;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {Title} | {value:#,0.0} | ≤ {Most} | {(isMet ? "yes" : "**no**")} |"));
            return isMet;
        }
    }
}
