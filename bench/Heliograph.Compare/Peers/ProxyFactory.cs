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
    private readonly string? site;
    private int started;

    /// <param name="directory">Where everything is written.</param>
    /// <param name="certificates">What all present.</param>
    /// <param name="heliograph">The program.</param>
    /// <param name="connections">The most of the load.</param>
    /// <param name="site">The directory that the program shows to visitors; null: the built-in site.</param>
    public ProxyFactory(string directory, Certificates certificates, string heliograph, int connections, string? site = null)
    {
        this.directory = directory;
        this.certificates = certificates;
        this.heliograph = heliograph;
        this.site = site;
        // Room for the load and a little more; Signal's 1,024 connections and HAProxy's default would not be enough.
        maxSessions = connections + 500;
    }

    public Proxy Start(string name)
    {
        var own = Directory.CreateDirectory(Path.Combine(directory, $"{name}-{++started}")).FullName;
        var upstream = new StandInUpstream();
        try
        {
            return name switch
            {
                PeerNames.Heliograph => Heliograph(own, upstream),
                PeerNames.Nginx => Nginx(own, upstream),
                _ => HaProxy(own, upstream),
            };
        }
        catch
        {
            upstream.Dispose();
            throw;
        }
    }

    private Proxy Heliograph(string own, StandInUpstream upstream)
    {
        var ports = FreePorts(1);
        var file = Write(
            own, "heliograph.yaml",
            PeerConfiguration.Heliograph(ports[0], upstream.Address, certificates, Path.Combine(own, "state"), site));
        return new Proxy(
            PeerNames.Heliograph,
            ports[0],
            upstream,
            [ProxyProcess.Start(Path.Combine(own, "output"), heliograph, "run", "--config", file)]);
    }

    private Proxy Nginx(string own, StandInUpstream upstream)
    {
        var ports = FreePorts(2);
        var terminate = Write(
            own, "terminate.conf", PeerConfiguration.NginxTerminate(own, ports[0], ports[1], certificates, 2 * maxSessions));
        var relay = Write(own, "relay.conf", PeerConfiguration.NginxRelay(own, ports[1], upstream.Address, 2 * maxSessions));
        var nginx = Installed.Find("nginx")!;
        var second = ProxyProcess.Start(
            Path.Combine(own, "relay.output"), nginx, "-p", own, "-e", Path.Combine(own, "relay.log"), "-c", relay);
        var first = ProxyProcess.Start(
            Path.Combine(own, "terminate.output"), nginx, "-p", own, "-e", Path.Combine(own, "terminate.log"), "-c", terminate);
        return new Proxy(PeerNames.Nginx, ports[0], upstream, [first, second]);
    }

    private Proxy HaProxy(string own, StandInUpstream upstream)
    {
        var ports = FreePorts(1);
        var map = Write(own, "hosts.map", $"{Traffic.HostName} signal\n");
        var file = Write(own, "haproxy.cfg", PeerConfiguration.HaProxy(ports[0], upstream.Address, certificates, map, maxSessions));
        return new Proxy(PeerNames.HaProxy, ports[0], upstream,
            [ProxyProcess.Start(Path.Combine(own, "output"), Installed.Find("haproxy")!, "-db", "-f", file)]);
    }

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
