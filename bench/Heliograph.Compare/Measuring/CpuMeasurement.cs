using Heliograph.Compare.Load;
using Heliograph.Compare.Peers;

namespace Heliograph.Compare.Measuring;

/// <summary>What work costs a proxy, in seconds of the processor.</summary>
internal sealed class CpuMeasurement(OuterTls tls)
{
    /// <summary>A chat's connection says something about as often.</summary>
    private static readonly TimeSpan BetweenMessages = TimeSpan.FromSeconds(5);

    public double Measure(Proxy proxy, Figure figure, Sizes sizes)
    {
        if (figure == Figure.Messages)
            return Messages(proxy, sizes);
        var before = proxy.CpuSeconds;
        if (figure == Figure.Down)
            Workload.Down(proxy, tls, sizes.BulkBytes);
        else if (figure == Figure.Up)
            Workload.Up(proxy, tls, sizes.BulkBytes);
        else if (figure == Figure.Handshakes)
            Workload.Handshakes(proxy, tls, sizes.Handshakes);
        else
            Workload.RoundTrips(proxy, tls, sizes.RoundTrips);
        proxy.Upstream.WaitUntilClosed();
        return (proxy.CpuSeconds - before) / Units(figure, sizes);
    }

    /// <summary>Only the messages: opening and closing the connections is not part of it.</summary>
    private double Messages(Proxy proxy, Sizes sizes)
    {
        var tunnels = Workload.OpenMirrors(proxy, tls, sizes.MessageConnections);
        try
        {
            var loop = new OpenLoop(
                tunnels, sizes.MessageConnections / BetweenMessages.TotalSeconds, TimeSpan.FromSeconds(sizes.MessageSeconds));
            var before = proxy.CpuSeconds;
            loop.Run();
            return (proxy.CpuSeconds - before) * 10_000 / loop.Messages;
        }
        finally
        {
            foreach (var tunnel in tunnels)
                tunnel.Dispose();
            proxy.Upstream.WaitUntilClosed();
        }
    }

    private static double Units(Figure figure, Sizes sizes) =>
        figure == Figure.Handshakes ? sizes.Handshakes / 1_000.0
        : figure == Figure.RoundTrips ? sizes.RoundTrips / 10_000.0
        : sizes.BulkBytes / 1e9;
}
