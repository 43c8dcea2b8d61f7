using System.Net;
using System.Net.Sockets;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Upstream;

/// <summary>Connects to upstreams from one loop.</summary>
internal sealed class Dialer
{
    private readonly EventLoop loop;
    private readonly NameCache names;
    private readonly ServerCounters counters;
    private TimeSpan connectTimeout;
    private readonly DeadlineQueue attemptDelays;
    private readonly DeadlineQueue connectTimeouts;

    public Dialer(EventLoop loop, NameCache names, ServerCounters counters, TimeSpan connectTimeout)
    {
        this.loop = loop;
        this.names = names;
        this.counters = counters;
        this.connectTimeout = connectTimeout;
        attemptDelays = loop.CreateDeadlines(ConnectRace.AttemptDelay);
        connectTimeouts = loop.CreateDeadlines(connectTimeout);
    }

    /// <summary>Changes the timeout; on the loop.</summary>
    public void Use(TimeSpan connectTimeout)
    {
        this.connectTimeout = connectTimeout;
        connectTimeouts.Change(connectTimeout);
    }

    /// <summary>Resolves and connects within the connect timeout.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="publicOnly">Whether to skip addresses outside the public internet, whatever the resolver says.</param>
    /// <returns>A connected socket, or null.</returns>
    public async ValueTask<LoopSocket?> DialAsync(UpstreamEndpoint endpoint, bool publicOnly)
    {
        var begun = loop.Now;
        var race = new ConnectRace(loop, attemptDelays, connectTimeouts);
        var endpoints = endpoint switch
        {
            UpstreamEndpoint.Unix unix => [new UnixDomainSocketEndPoint(unix.Path)],
            UpstreamEndpoint.Tcp tcp => await ResolveAsync(tcp, publicOnly, race),
            _ => [],
        };
        var socket = await race.RunAsync(endpoints);
        if (socket is null)
            counters.GetUpstream(endpoint).Failed(race.Failure);
        else
            counters.GetUpstream(endpoint).Connected(loop.Now - begun);
        return socket;
    }

    private async ValueTask<IReadOnlyList<EndPoint>> ResolveAsync(UpstreamEndpoint.Tcp tcp, bool publicOnly, ConnectRace race)
    {
        var addresses = await names.FindAsync(tcp.Host, connectTimeout);
        await loop.Enter();
        race.Failure = addresses.Length == 0 || !publicOnly ? DialFailure.NotResolved : DialFailure.NotPublic;
        if (publicOnly)
            addresses = [.. addresses.Where(AddressGuard.IsPublic)];
        return [.. ConnectRace.Interleave(addresses).Select(address => new IPEndPoint(address, tcp.Port))];
    }
}
