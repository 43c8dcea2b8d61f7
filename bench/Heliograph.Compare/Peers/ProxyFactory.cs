using System.Net;
using System.Net.Sockets;
using Heliograph.Compare.Load;

namespace Heliograph.Compare.Peers;

/// <summary>Writes a proxy's configuration into the work directory and starts it on ports that the system picks.</summary>
internal sealed class ProxyFactory
{
    private readonly string directory;
    private readonly Certificates certificates;
    private readonly string heliograph;
    private readonly int maxSessions;
    private readonly int lanes;
    private readonly PeerRoot root;
    private readonly string? site;
    private readonly Lazy<string> relay;
    private int started;

    /// <param name="directory">Where everything is written.</param>
    /// <param name="certificates">What all present.</param>
    /// <param name="heliograph">The program.</param>
    /// <param name="connections">The most of the load.</param>
    /// <param name="root">The system they run in.</param>
    /// <param name="site">The directory that the program shows to visitors; null: the built-in site.</param>
    /// <param name="lanes">How many upstreams each has; 0: what the connections need.</param>
    public ProxyFactory(
        string directory, Certificates certificates, string heliograph, int connections, PeerRoot root, string? site = null,
        int lanes = 0)
    {
        this.directory = directory;
        this.certificates = certificates;
        this.heliograph = heliograph;
        this.root = root;
        this.site = site;
        // Room for the load and a little more; Signal's 1,024 connections and HAProxy's default would not be enough.
        maxSessions = connections + 500;
        this.lanes = lanes > 0 ? lanes : Lanes.For(connections);
        relay = new Lazy<string>(() => CRelay.Compile(directory));
    }

    /// <param name="name">One of <see cref="PeerNames"/>.</param>
    /// <param name="plan">Where it runs.</param>
    public Proxy Start(string name, ProcessorPlan plan)
    {
        var own = Directory.CreateDirectory(Path.Combine(directory, $"{name}-{++started}")).FullName;
        var upstream = new StandInUpstream(lanes, plan.OfLoad.Count);
        try
        {
            return name switch
            {
                PeerNames.Heliograph => Heliograph(own, upstream, plan),
                PeerNames.Nginx => Nginx(own, upstream, plan),
                PeerNames.HaProxy => HaProxy(own, upstream, plan),
                _ => Relay(own, upstream, plan),
            };
        }
        catch
        {
            upstream.Dispose();
            throw;
        }
    }

    private Proxy Heliograph(string own, StandInUpstream upstream, ProcessorPlan plan)
    {
        var ports = FreePorts(1);
        var file = Write(
            own, "heliograph.yaml",
            PeerConfiguration.Heliograph(ports[0], upstream.Addresses, certificates, Path.Combine(own, "state"), maxSessions, site));
        return new Proxy(PeerNames.Heliograph, ports[0], upstream, [Start(plan, own, "output", heliograph, "run", "--config", file)]);
    }

    private Proxy Nginx(string own, StandInUpstream upstream, ProcessorPlan plan)
    {
        // A port between the two for each lane.
        var ports = FreePorts(1 + lanes);
        var terminate = Write(
            own, "terminate.conf",
            PeerConfiguration.NginxTerminate(own, ports[0], ports[1..], certificates, 2 * maxSessions, plan.Workers));
        var relays = Write(
            own, "relay.conf", PeerConfiguration.NginxRelay(own, ports[1..], upstream.Addresses, 2 * maxSessions, plan.Workers));
        var nginx = Installed.Find("nginx", root)!;
        var second = Start(plan, own, "relay.output", nginx, "-p", own, "-e", Path.Combine(own, "relay.log"), "-c", relays);
        var first = Start(plan, own, "terminate.output", nginx, "-p", own, "-e", Path.Combine(own, "terminate.log"), "-c", terminate);
        return new Proxy(PeerNames.Nginx, ports[0], upstream, [first, second]);
    }

    private Proxy HaProxy(string own, StandInUpstream upstream, ProcessorPlan plan)
    {
        var ports = FreePorts(1);
        var map = Write(own, "hosts.map", PeerConfiguration.HaProxyMap(lanes));
        var file = Write(
            own, "haproxy.cfg",
            PeerConfiguration.HaProxy(ports[0], upstream.Addresses, certificates, map, maxSessions, plan.Workers));
        return new Proxy(
            PeerNames.HaProxy, ports[0], upstream, [Start(plan, own, "output", Installed.Find("haproxy", root)!, "-db", "-f", file)]);
    }

    private Proxy Relay(string own, StandInUpstream upstream, ProcessorPlan plan)
    {
        var ports = FreePorts(1);
        return new Proxy(PeerNames.CRelay, ports[0], upstream,
        [
            Start(
                plan, own, "output",
                [
                    relay.Value, $"{plan.Workers}", $"{maxSessions}", certificates.ChainFile, certificates.KeyFile, $"{ports[0].Port}",
                    .. upstream.Addresses.Select(static address => $"{address.Port}"),
                ]),
        ]);
    }

    private ProxyProcess Start(ProcessorPlan plan, string own, string output, params IEnumerable<string> command) =>
        ProxyProcess.Start(plan.OfProxies, Path.Combine(own, output), root.Enter(command));

    private static string Write(string own, string name, string text)
    {
        var path = Path.Combine(own, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Free ports; each is held until all are picked, so that they differ.</summary>
    private static IPEndPoint[] FreePorts(int count)
    {
        var holders = Enumerable
            .Range(0, count)
            .Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
            .ToList();
        try
        {
            holders.ForEach(holder => holder.Bind(new IPEndPoint(IPAddress.Loopback, 0)));
            return [.. holders.Select(holder => (IPEndPoint)holder.LocalEndPoint!)];
        }
        finally
        {
            holders.ForEach(holder => holder.Dispose());
        }
    }
}
