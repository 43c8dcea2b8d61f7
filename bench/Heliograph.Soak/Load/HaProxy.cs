using System.Net;
using Heliograph.Compare;
using Heliograph.Compare.Load;
using Heliograph.Compare.Peers;
using Heliograph.Soak.Judging;
using Heliograph.Testing;

namespace Heliograph.Soak.Load;

/// <summary>HAProxy, as bench/compare configures it, for the same load. It has no web site, and nothing happens to it.</summary>
internal sealed class HaProxy : IDisposable
{
    private const int Sessions = 5000;

    private readonly ChildProcess process;
    private readonly OuterTls tls;
    private readonly OuterTls http2;

    public HaProxy(string above, IPEndPoint upstream)
    {
        var directory = Directory.CreateDirectory(Path.Combine(above, "haproxy")).FullName;
        var certificates = Certificates.Create(directory);
        var address = LoopbackPort.Free();
        var map = Path.Combine(directory, "hosts.map");
        File.WriteAllText(map, PeerConfiguration.HaProxyMap(lanes: 1));
        var file = Path.Combine(directory, "haproxy.cfg");
        File.WriteAllText(file, PeerConfiguration.HaProxy(address, [upstream], certificates, map, Sessions));
        process = ChildProcess.Start(Installed.Find("haproxy")!, ["-db", "-f", file]);
        tls = new OuterTls(certificates.CaFile);
        http2 = new OuterTls(certificates.CaFile, "h2");
        Target = new Target("haproxy", process.Id, address, tls, http2, Lane.Steady | Lane.Chat);
    }

    public Target Target { get; }

    /// <summary>Waits until a tunnel works.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var tunnel = Tunnel.Open(tls, Target.Address, new Command(Verb.Greet, 0));
                tunnel.ReadExactly(new byte[1]);
                return;
            }
            catch (CompareException) when (attempt < 100 && !process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
        }
    }

    public void Dispose()
    {
        process.DisposeAsync().AsTask().GetAwaiter().GetResult();
        tls.Dispose();
        http2.Dispose();
    }
}
