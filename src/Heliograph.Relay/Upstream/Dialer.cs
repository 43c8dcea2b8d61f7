using System.Net;
using System.Net.Sockets;
using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Upstream;

/// <summary>Connects to upstreams from one loop.</summary>
internal sealed class Dialer
{
    private readonly EventLoop loop;
    private readonly NameCache names;
    private readonly TimeSpan connectTimeout;
    private readonly DeadlineQueue attemptDelays;
    private readonly DeadlineQueue connectTimeouts;

    public Dialer(EventLoop loop, NameCache names, TimeSpan connectTimeout)
    {
        this.loop = loop;
        this.names = names;
        this.connectTimeout = connectTimeout;
        attemptDelays = loop.CreateDeadlines(ConnectRace.AttemptDelay);
        connectTimeouts = loop.CreateDeadlines(connectTimeout);
    }

    /// <summary>Resolves and connects within the connect timeout.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="publicOnly">Whether addresses outside the public internet are left out, whatever the resolver says.</param>
    /// <returns>A connected socket, or null.</returns>
    public async ValueTask<LoopSocket?> DialAsync(UpstreamEndpoint endpoint, bool publicOnly)
    {
        var race = new ConnectRace(loop, attemptDelays, connectTimeouts);
        var endpoints = endpoint switch
        {
            UpstreamEndpoint.Unix unix => [new UnixDomainSocketEndPoint(unix.Path)],
            UpstreamEndpoint.Tcp tcp => await ResolveAsync(tcp, publicOnly),
            _ => [],
        };
        return await race.RunAsync(endpoints);
    }

    private async ValueTask<IReadOnlyList<EndPoint>> ResolveAsync(UpstreamEndpoint.Tcp tcp, bool publicOnly)
    {
        IReadOnlyList<IPAddress> addresses = await names.FindAsync(tcp.Host, connectTimeout);
        await loop.Enter();
        if (publicOnly)
            addresses = [.. addresses.Where(AddressGuard.IsPublic)];
        return [.. ConnectRace.InTurn(addresses).Select(address => new IPEndPoint(address, tcp.Port))];
    }
}
