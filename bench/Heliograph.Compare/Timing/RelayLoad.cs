using System.Diagnostics;
using Heliograph.Compare.Load;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare.Timing;

/// <summary>A download through the relay that keeps the program busy for half of a core, while it is visited.</summary>
internal sealed class RelayLoad : IDisposable
{
    private const double Goal = 0.5;

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(4);

    private readonly Thread thread;
    private readonly Proxy proxy;
    private readonly OuterTls tls;
    private volatile bool ends;

    public RelayLoad(Proxy proxy, OuterTls tls)
    {
        this.proxy = proxy;
        this.tls = tls;
        thread = new Thread(Run) { IsBackground = true, Name = "relay load" };
        thread.Start();
    }

    /// <summary>The part of a core that the program used in the last half second.</summary>
    public double Used { get; private set; }

    /// <summary>Waits until the rate has settled.</summary>
    public void WaitUntilSteady()
    {
        var deadline = Environment.TickCount64 + 15_000;
        while (Math.Abs(Used - Goal) > 0.1 && Environment.TickCount64 < deadline)
            Thread.Sleep(100);
    }

    public void Dispose()
    {
        ends = true;
        thread.Join();
    }

    private void Run()
    {
        using var tunnel = Tunnel.Open(tls, proxy.Address, new Command(Verb.Send, long.MaxValue / 2));
        var buffer = new byte[128 * 1024];
        var bytesOfTurn = 200_000.0;
        var (used, since) = (proxy.CpuSeconds, Stopwatch.GetTimestamp());
        while (!ends)
        {
            for (var read = 0; read < bytesOfTurn;)
                read += tunnel.Read(buffer);
            Thread.Sleep(Turn);
            if (Stopwatch.GetElapsedTime(since) is var passed && passed.TotalSeconds < 0.5)
                continue;
            Used = (proxy.CpuSeconds - used) / passed.TotalSeconds;
            bytesOfTurn = Math.Clamp(bytesOfTurn * Goal / Math.Max(Used, 0.05), 10_000, 20_000_000);
            (used, since) = (proxy.CpuSeconds, Stopwatch.GetTimestamp());
        }
    }
}
