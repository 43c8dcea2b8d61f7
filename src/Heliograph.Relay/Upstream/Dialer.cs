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
    private readonly UpstreamAlarm alarm;
    private UpstreamProxy? proxy;
    private TimeSpan connectTimeout;
    private readonly DeadlineQueue attemptDelays;
    private readonly DeadlineQueue connectTimeouts;

    public Dialer(EventLoop loop, NameCache names, ServerCounters counters, UpstreamAlarm alarm, RelayOptions options)
    {
        this.loop = loop;
        this.names = names;
        this.counters = counters;
        this.alarm = alarm;
        proxy = options.Proxy;
        connectTimeout = options.Limits.ConnectTimeout;
        attemptDelays = loop.CreateDeadlines(ConnectRace.AttemptDelay);
        connectTimeouts = loop.CreateDeadlines(connectTimeout);
    }

    /// <summary>Changes the timeout and the proxy; on the loop.</summary>
    public void Use(RelayOptions options)
    {
        proxy = options.Proxy;
        connectTimeout = options.Limits.ConnectTimeout;
        connectTimeouts.Change(connectTimeout);
    }

    /// <summary>
    /// Connects to a route's host: through the proxy where there is one, unless the route leads to a socket of this machine.
    /// </summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="publicOnly">As for <see cref="DialAsync"/>; a proxy resolves the name itself, and has to see to that.</param>
    public ValueTask<LoopSocket?> DialRouteAsync(UpstreamEndpoint endpoint, bool publicOnly) =>
        proxy is { } through && endpoint is UpstreamEndpoint.Tcp host ? DialThroughAsync(through, host) : DialAsync(endpoint, publicOnly);

    /// <summary>Resolves and connects within the connect timeout.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="publicOnly">Whether to skip addresses outside the public internet, whatever the resolver says.</param>
    /// <returns>A connected socket, or null.</returns>
    public async ValueTask<LoopSocket?> DialAsync(UpstreamEndpoint endpoint, bool publicOnly)
    {
        var begun = loop.Now;
        var (socket, failure) = await ConnectAsync(endpoint, publicOnly);
        if (socket is null)
            counters.GetUpstream(endpoint).Failed(failure);
        else
            counters.GetUpstream(endpoint).Connected(loop.Now - begun);
        return socket;
    }

    /// <summary>
    /// Connects to the proxy, and has it connect to the host, all within the connect timeout. What is wrong with the proxy counts for the
    /// proxy alone: it is one cause, however many hosts were asked for.
    /// </summary>
    private async ValueTask<LoopSocket?> DialThroughAsync(UpstreamProxy through, UpstreamEndpoint.Tcp host)
    {
        var begun = loop.Now;
        using var tunnel = new ProxyTunnel(connectTimeouts);
        var (socket, failure) = await ConnectAsync(through.Endpoint, publicOnly: false);
        var fault = socket is null ? ProxyFault.FromDial(failure) : await tunnel.OpenAsync(socket, through.Begin(host));
        alarm.ProxyAsked(through, fault is { IsHosts: false } ? fault : null);
        if (fault is { IsHosts: false })
        {
            counters.GetProxy(through).Failed(fault.Reason, fault.Words);
        }
        else
        {
            counters.GetProxy(through).Connected(loop.Now - begun);
            if (fault is null)
                counters.GetUpstream(host).Connected(loop.Now - begun);
            else
                counters.GetUpstream(host).Failed(fault.Reason, fault.Words);
        }
        if (fault is null)
            return socket;
        socket?.Dispose();
        return null;
    }

    private async ValueTask<(LoopSocket? Socket, DialFailure Failure)> ConnectAsync(UpstreamEndpoint endpoint, bool publicOnly)
    {
        var race = new ConnectRace(loop, attemptDelays, connectTimeouts);
        var endpoints = endpoint switch
        {
            UpstreamEndpoint.Unix unix => [new UnixDomainSocketEndPoint(unix.Path)],
            UpstreamEndpoint.Tcp tcp => await ResolveAsync(tcp, publicOnly, race),
            _ => [],
        };
        return (await race.RunAsync(endpoints), race.Failure);
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
