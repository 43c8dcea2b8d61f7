using System.Net;
using Heliograph.Platform;
using Heliograph.Relay.Access;
using Heliograph.Relay.Countries;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Limits;
using Heliograph.Relay.Listening;
using Heliograph.Relay.Loop;
using Heliograph.Relay.OuterTls;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;
using Heliograph.Tls13.Records;
using Microsoft.Extensions.Logging;

namespace Heliograph.Relay;

/// <summary>The relay: listens, and gives each connection to one of its event loops.</summary>
public sealed class RelayServer : IAsyncDisposable
{
    private readonly RelayContext relay;
    private readonly IReadOnlyList<RelayLoop> loops;
    private readonly OpenConnections open = new();
    private readonly ConnectionPlacement placement;
    private readonly List<Listener> listeners = [];
    private readonly NameCache names;
    private readonly StatisticsReader statistics;
    private readonly HourlyLog hourlyLog;
    private readonly TimeProvider timeProvider;
    private readonly TaskCompletionSource clientWaits = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool disposed;

    private RelayServer(RelayOptions options, ServerCertificate certificate, Resolve resolve, TimeProvider timeProvider, ILogger logger)
    {
        this.timeProvider = timeProvider;
        names = new NameCache(resolve, timeProvider);
        var zoneHosts = new ZoneHosts(resolve, names, timeProvider);
        relay = new RelayContext(options, new ServedCertificate(certificate, options), zoneHosts, timeProvider, logger);
        var protection = RecordProtection.Find();
        logger.ReportIpsecMb(protection);
        Cryptography = protection.Description;
        loops = [.. Enumerable.Range(0, Math.Max(1, options.Loops)).Select(CreateLoop)];
        relay.Admission.Attach([.. loops.Select(static loop => loop.Events)]);
        placement = new ConnectionPlacement(relay, loops, open);
        statistics = new StatisticsReader(relay, loops, open, timeProvider);
        hourlyLog = new HourlyLog(statistics.Read, timeProvider, logger);

        RelayLoop CreateLoop(int index)
        {
            var events = new EventLoop($"relay-{index}", timeProvider, exception => logger.Defect(exception.ToString()));
            return new(events, names, relay, protection.CreateLayer(), open);
        }
    }

    /// <summary>Where it listens, with the ports that the system picked.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; private set; } = [];

    /// <summary>Of the sockets that listen there, open until this server is disposed of.</summary>
    public IReadOnlyList<int> Descriptors { get; private set; } = [];

    /// <summary>Which libraries encrypt, for a person.</summary>
    public string Cryptography { get; }

    /// <summary>Connections open now.</summary>
    public int Connections => open.Count;

    /// <summary>How many connections each loop has; for tests.</summary>
    internal IReadOnlyList<int> LoopLoads => [.. loops.Select(static loop => loop.Load)];

    /// <summary>The limits; for tests.</summary>
    internal Admission Admission => relay.Admission;

    /// <summary>What new handshakes are performed with; for tests.</summary>
    internal TlsContext TlsContext => relay.Certificate.Context;

    /// <summary>Handshakes without libssl; for tests.</summary>
    internal long HandshakesAnswered => loops.Sum(static loop => loop.Handshakes.Answered);

    /// <summary>Listens at an address for a moment, as a start does.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="all">Where else that start listens.</param>
    /// <exception cref="RelayStartException">One sentence for the operator: a port is in use.</exception>
    public static void RequireFree(IPEndPoint endpoint, IReadOnlyList<IPEndPoint> all) =>
        _ = Libc.close(BoundSocket.Listen(endpoint, BoundSocket.HasIpv4Twin(endpoint, all)).Descriptor);

    /// <summary>Binds and starts to serve.</summary>
    /// <exception cref="RelayStartException">One sentence for the operator: a port is in use, or libssl is missing.</exception>
    /// <exception cref="CertificateException">OpenSSL does not accept the certificate.</exception>
    public static RelayServer Start(RelayOptions options, ServerCertificate certificate, TimeProvider timeProvider, ILogger logger) =>
        Start(options, certificate, NameCache.FromSystem, timeProvider, logger);

    /// <param name="options">What to serve, and how.</param>
    /// <param name="certificate">The first certificate.</param>
    /// <param name="resolve">Resolves the names of upstreams, in place of the system's resolver.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The operator's log.</param>
    public static RelayServer Start(
        RelayOptions options, ServerCertificate certificate, Resolve resolve, TimeProvider timeProvider, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!LibSsl.IsAvailable())
        {
            throw new RelayStartException(
                "libssl.so.3 was not found: Heliograph needs OpenSSL 3; on Debian and Ubuntu, install it with: apt-get install libssl3");
        }
        var bound = BoundSocket.ListenAll(options);
        var server = new RelayServer(options, certificate, resolve, timeProvider, logger);
        server.Listen(bound);
        server.WarmUp();
        return server;
    }

    /// <summary>From now on new handshakes get this certificate; open connections keep theirs.</summary>
    /// <exception cref="CertificateException">OpenSSL does not accept it; the old one continues to be served.</exception>
    public void UseCertificate(ServerCertificate certificate)
    {
        relay.Certificate.Use(certificate);
        ForgetSigningKeys();
        relay.Logger.CertificateReplaced();
    }

    /// <summary>
    /// From now on connections are routed, limited and counted by these options; those that are already relayed continue.
    /// <see cref="RelayOptions.Listen"/>, <see cref="RelayOptions.Inherited"/> and <see cref="RelayOptions.Loops"/> stay as they were at
    /// the start.
    /// </summary>
    public void UseOptions(RelayOptions changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        relay.Use(changed);
        if (relay.Certificate.Use(changed))
            ForgetSigningKeys();
        foreach (var loop in loops)
            loop.Events.Post(() => loop.Use(changed));
        var found = relay.ZoneHosts.Found.Select(static route => route.Name);
        names.Keep(GetHosts(changed).Concat(found).ToHashSet(StringComparer.OrdinalIgnoreCase));
        WarmUp();
    }

    /// <summary>Completes when every loop has answered: one that is stuck never does.</summary>
    public Task PingAsync() => Task.WhenAll(loops.Select(static loop => RunOnAsync(loop, static () => { })));

    /// <summary>Whether every loop answers within this time. False: a loop is stuck, or overloaded.</summary>
    public async Task<bool> RespondsAsync(TimeSpan within)
    {
        try
        {
            await PingAsync().WaitAsync(within, timeProvider);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>
    /// Announces a connection that this program is about to open to itself: limits apply to it, and the statistics leave it out.
    /// </summary>
    /// <param name="flight">SHA-256 of the first bytes that it will send; a ClientHello, which nobody can guess.</param>
    /// <param name="opens">Whether it reaches Signal's hosts whatever its outer name, as if that were a group's.</param>
    public void AnnounceOwn(ReadOnlySpan<byte> flight, bool opens = false) => relay.Own.Announce(flight, opens);

    /// <summary>
    /// From now on these outer names lead to Signal's hosts; connections that came under another, and have not reached the decoy, end.
    /// </summary>
    /// <param name="names">Null: every name does.</param>
    public void UseAccess(AccessTable? names)
    {
        relay.Use(names);
        // A connection that found its name in the table before runs on its loop before this: none slips through.
        if (names is not null)
            CancelAll(connection => connection.LostAccess(names));
    }

    /// <summary>
    /// From now on nothing is relayed for these sources. Of an open connection nobody knows any more where it came from, so it continues.
    /// </summary>
    /// <param name="sources">Null: everybody is relayed.</param>
    public void UseSources(SourceRules? sources) => relay.Use(sources);

    /// <summary>From now on relayed connections are counted by country.</summary>
    /// <param name="countries">Null: they are not.</param>
    public void UseCountries(CountryTable? countries) => relay.Use(countries);

    /// <summary>What the month's budget allows from now on.</summary>
    /// <param name="slowTo">Bytes a second, where that is less than the limit; 0: no slower.</param>
    /// <param name="spent">Nothing is relayed any more: open relays end, and routed names get the decoy. The web site stays up.</param>
    public void UseBudget(long slowTo, bool spent)
    {
        relay.Admission.UseBudget(slowTo, spent);
        if (spent)
            CancelAll(static connection => connection.IsRelaying);
    }

    /// <summary>
    /// The sums since the start, read while they grow: each figure is right, and two of them may be some connections apart.
    /// </summary>
    public RelayStatistics GetStatistics() => statistics.Read();

    /// <summary>
    /// Leaves the queues of all listening sockets to a process that takes them over: call it before <see cref="DrainAsync"/>.
    /// </summary>
    public Task HandOverAsync() => RunOnListenersAsync(static listener => listener.HandOver());

    /// <summary>Stops accepting and waits for the connections to end; then closes those that are left.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <param name="handover">
    /// How long at most once a client waits in the queue of an inherited socket, which only the next process can serve; null: no sooner.
    /// </param>
    /// <returns>How many connections were left and closed.</returns>
    public async Task<int> DrainAsync(TimeSpan timeout, TimeSpan? handover = null)
    {
        await RunOnListenersAsync(static listener => listener.Stop());
        hourlyLog.Write();
        var none = open.WaitUntilNoneAsync();
        if (none.IsCompleted)
            return 0;
        using var over = new CancellationTokenSource();
        await Task.WhenAny(none, Task.Delay(timeout, timeProvider, over.Token), WaitForHandoverAsync(handover ?? timeout, over.Token));
        await over.CancelAsync();
        if (none.IsCompleted)
            return 0;
        var left = Connections;
        CancelAll(static _ => true);
        await none;
        return left;
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        await hourlyLog.DisposeAsync();
        await DrainAsync(TimeSpan.Zero);
        await RunOnListenersAsync(static listener => listener.Dispose());
        relay.Admission.Dispose();
        foreach (var loop in loops)
            loop.Dispose();
        relay.ZoneHosts.Dispose();
        names.Dispose();
        relay.Certificate.Dispose();
        relay.Validations.Dispose();
    }

    private void Listen(List<(int Descriptor, IPEndPoint Endpoint)> bound)
    {
        Endpoints = [.. bound.Select(static one => one.Endpoint)];
        Descriptors = [.. bound.Select(static one => one.Descriptor)];
        var acceptor = loops[0].Events;
        foreach (var (endpoint, (descriptor, _)) in relay.Options.Listen.Zip(bound))
        {
            var isInherited = relay.Options.Inherited.ContainsKey(endpoint);
            listeners.Add(new(acceptor, descriptor, isInherited, placement.Accept, () => clientWaits.TrySetResult(), relay.Logger));
        }
        foreach (var listener in listeners)
            acceptor.Post(() => _ = listener.RunAsync());
        foreach (var loop in loops)
            loop.Events.Start();
    }

    /// <summary>Resolves all hosts that are resolved here, so that the first client does not wait for the resolver.</summary>
    private void WarmUp()
    {
        foreach (var host in GetHosts(relay.Options))
            _ = names.FindAsync(host, TimeSpan.Zero).AsTask();
    }

    /// <summary>The hosts that are resolved here: a proxy resolves those of the routes.</summary>
    private static IEnumerable<string> GetHosts(RelayOptions options) => (options.Proxy is { } proxy
            ? [proxy.Endpoint]
            : options.Routes.Routes.Select(static route => route.Endpoint))
        .Concat(options.Passthrough.Endpoints)
        .Concat([options.Decoy.Http1, options.Decoy.Http2 ?? options.Decoy.Http1])
        .OfType<UpstreamEndpoint.Tcp>().Select(static tcp => tcp.Host).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>The loops let go of the key of a certificate that is no longer served.</summary>
    private void ForgetSigningKeys()
    {
        foreach (var loop in loops)
            loop.Events.Post(loop.Handshakes.Forget);
    }

    private void CancelAll(Func<ILoopConnection, bool> which)
    {
        foreach (var loop in loops)
            loop.Events.Post(() => loop.CancelAll(which));
    }

    private async Task WaitForHandoverAsync(TimeSpan handover, CancellationToken cancellationToken)
    {
        await clientWaits.Task.WaitAsync(cancellationToken);
        await Task.Delay(handover, timeProvider, cancellationToken);
    }

    private Task RunOnListenersAsync(Action<Listener> action) => RunOnAsync(loops[0], () => listeners.ForEach(action));

    /// <summary>Completes when the loop has run the action.</summary>
    private static Task RunOnAsync(RelayLoop loop, Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Events.Post(() =>
        {
            action();
            done.SetResult();
        });
        return done.Task;
    }
}
