using System.Collections.Concurrent;
using System.Net;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Limits;
using Heliograph.Relay.Listening;
using Heliograph.Relay.Loop;
using Heliograph.Relay.OuterTls;
using Heliograph.Relay.ProxyProtocol;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;
using Heliograph.Tls13.Hello;
using Heliograph.Tls13.Records;
using Microsoft.Extensions.Logging;

namespace Heliograph.Relay;

/// <summary>The relay: listens, and gives each connection to one of its event loops.</summary>
public sealed class RelayServer : IAsyncDisposable
{
    /// <summary>How often the operator is told of names that Signal's clients ask for and that are not routed, if there are new ones.</summary>
    private static readonly TimeSpan TellEvery = TimeSpan.FromHours(1);

    private readonly RelayLoop[] loops;
    private readonly List<Listener> listeners = [];
    private readonly NameCache names;
    private readonly TimeProvider time;
    private readonly long started;
    private readonly ConcurrentDictionary<string, TlsContext> validations = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<UpstreamEndpoint, bool> downSites = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource somebodyWaits = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock changing = new();
    private readonly ITimer hourly;
    private long deniedTold;
    private volatile RelayOptions options;
    private volatile TrustedProxies trustedProxies;
    private ServerCertificate certificate;
    private volatile TlsContext context;
    private int connections;
    private int decoyDown;
    private volatile bool draining;
    private bool disposed;

    private RelayServer(RelayOptions options, ServerCertificate certificate, Resolve resolve, TimeProvider time, ILogger log)
    {
        this.time = time;
        started = time.GetTimestamp();
        this.options = options;
        this.certificate = certificate;
        Log = log;
        trustedProxies = new TrustedProxies(options.TrustedProxies);
        Admission = new Admission(options, time, log);
        context = TlsContext.Create(certificate, OffersHttp2);
        var records = RecordProtection.Find();
        log.ReportIpsecMb(records);
        Cryptography = records.Description;
        names = new NameCache(resolve, time);
        loops = [.. Enumerable.Range(0, Math.Max(1, options.Loops)).Select(CreateLoop)];
        Admission.Attach([.. loops.Select(static loop => loop.Events)]);

        hourly = time.CreateTimer(_ => TellSums(), null, TellEvery, TellEvery);

        RelayLoop CreateLoop(int index) =>
            new(new EventLoop($"relay-{index}", time, defect => log.Defect(defect.ToString())), names, Admission.Shaper, Counters, options.Limits, records.CreateLayer());
    }

    /// <summary>Where it listens, with the ports that the system picked.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; private set; } = [];

    /// <summary>Which libraries encrypt, for a person.</summary>
    public string Cryptography { get; }

    /// <summary>Connections open now.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>How many connections each loop has; for tests.</summary>
    internal IReadOnlyList<int> LoadOfLoops => [.. loops.Select(static loop => loop.Load)];

    /// <summary>Handshakes that libssl had no part in; for tests.</summary>
    internal long HandshakesAnswered => loops.Sum(static loop => loop.Handshakes.Answered);

    internal ILogger Log { get; }

    internal ServerCounters Counters { get; } = new();

    internal DecoyEndpoints Decoy => options.Decoy;

    internal RouteTable Routes => options.Routes;

    internal PassthroughTable Passthrough => options.Passthrough;

    internal TrustedProxies TrustedProxies => trustedProxies;

    internal Admission Admission { get; }

    private bool OffersHttp2 => Decoy.Http2 is not null;

    /// <summary>Binds and starts to serve.</summary>
    /// <exception cref="RelayStartException">One sentence for the operator: a port in use, a missing libssl.</exception>
    /// <exception cref="CertificateException">OpenSSL does not take the certificate.</exception>
    public static RelayServer Start(RelayOptions options, ServerCertificate certificate, TimeProvider time, ILogger log) =>
        Start(options, certificate, NameCache.FromSystem, time, log);

    internal static RelayServer Start(RelayOptions options, ServerCertificate certificate, Resolve resolve, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!LibSsl.IsAvailable())
            throw new RelayStartException("libssl.so.3 is not on this machine: Heliograph needs OpenSSL 3; on Debian and Ubuntu: apt-get install libssl3");
        var bound = BoundSocket.ListenAll(options);
        var server = new RelayServer(options, certificate, resolve, time, log);
        server.Listen(bound);
        server.WarmUp();
        return server;
    }

    /// <summary>From now on new handshakes get this certificate; open connections keep theirs.</summary>
    /// <exception cref="CertificateException">OpenSSL does not take it; the one before goes on serving.</exception>
    public void UseCertificate(ServerCertificate certificate)
    {
        lock (changing)
        {
            // The one before is freed by its finalizer: a loop may just be making a connection with it.
            context = TlsContext.Create(certificate, OffersHttp2);
            this.certificate = certificate;
        }
        foreach (var loop in loops)
            loop.Events.Post(loop.Handshakes.Forget);
        Log.CertificateReplaced();
    }

    /// <summary>
    /// From now on connections are routed, bounded and counted by these options; those that are relayed already go on. <see cref="RelayOptions.Listen"/>,
    /// <see cref="RelayOptions.Lent"/> and <see cref="RelayOptions.Loops"/> stay as they were at the start.
    /// </summary>
    public void UseOptions(RelayOptions changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        lock (changing)
        {
            var offered = OffersHttp2;
            options = changed;
            trustedProxies = new TrustedProxies(changed.TrustedProxies);
            if (OffersHttp2 != offered)
                context = TlsContext.Create(certificate, OffersHttp2);
        }
        Admission.Use(changed);
        foreach (var loop in loops)
            loop.Events.Post(() => loop.Change(changed.Limits));
        names.Keep(Hosts(changed).ToHashSet(StringComparer.OrdinalIgnoreCase));
        WarmUp();
    }

    /// <summary>Completes when every loop has answered: one that is stuck never does.</summary>
    public Task PingAsync() => Task.WhenAll(loops.Select(static loop => OnLoopAsync(loop, static () => { })));

    /// <summary>Answers the validation of a name (TLS-ALPN-01, RFC 8737) until <see cref="EndValidation"/>; no ordinary client is ever shown this certificate.</summary>
    /// <param name="serverName">The name in the validator's server_name: the identifier, or for an IP address its reverse name (RFC 8738 section 6).</param>
    /// <param name="certificate">The self-signed validation certificate.</param>
    public void BeginValidation(string serverName, ServerCertificate certificate) =>
        validations[serverName] = TlsContext.CreateForValidation(certificate);

    /// <summary>The counterpart of <see cref="BeginValidation"/>.</summary>
    public void EndValidation(string serverName) => validations.TryRemove(serverName, out _);

    /// <summary>Whether every loop does within this time what it is given. False: a loop is stuck, or drowned in work.</summary>
    public async Task<bool> RespondsAsync(TimeSpan within)
    {
        try
        {
            await PingAsync().WaitAsync(within, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>What the month's budget allows from now on.</summary>
    /// <param name="slowTo">Bytes a second, where that is less than the limit; 0: no slower.</param>
    /// <param name="spent">Nothing is relayed any more: open relays end, and routed names get the decoy. The web site goes on.</param>
    public void UseBudget(long slowTo, bool spent)
    {
        Admission.UseBudget(slowTo, spent);
        if (!spent)
            return;
        foreach (var loop in loops)
            loop.Events.Post(() => CancelAll(loop, static connection => connection.IsRelaying));
    }

    /// <summary>The sums since the start, read while they grow: each figure is right, and two of them may be some connections apart.</summary>
    public RelayStatistics GetStatistics()
    {
        var denied = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var loop in loops)
            loop.Counters.AddDeniedTo(denied);
        return new RelayStatistics
        {
            Uptime = time.GetElapsedTime(started),
            Connections = Connections,
            MostConnections = Counters.MostConnections,
            MaxConnections = options.MaxConnections,
            Accepted = Counters.Accepted,
            Outcomes = Enum.GetValues<ConnectionOutcome>().ToDictionary(static outcome => outcome, outcome => loops.Sum(loop => loop.Counters.Of(outcome))),
            Relayed = Counters.Relayed,
            Relaying = Counters.Relaying,
            Routes = Counters.Read(Routes.Routes),
            Upstreams = Counters.ReadUpstreams(Routes.Routes),
            BytesUp = loops.Sum(static loop => loop.Counters.BytesUp),
            BytesDown = loops.Sum(static loop => loop.Counters.BytesDown),
            BytesVisited = loops.Sum(static loop => loop.Counters.BytesVisited),
            DecoyDown = Volatile.Read(ref decoyDown) != 0,
            DeniedSignalNames = denied,
            Limits = Admission.Read(),
        };
    }

    /// <summary>Stops accepting and waits for the connections to end; then closes what is left.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <param name="handover">How long at most once somebody waits in the queue of a lent socket, whom only the next process can serve; null: no sooner.</param>
    /// <returns>How many connections were left and closed.</returns>
    public async Task<int> DrainAsync(TimeSpan timeout, TimeSpan? handover = null)
    {
        await OnAcceptorAsync(static listener => listener.Stop());
        TellSums();
        draining = true;
        // Either this sees that the last one has gone, or the last one sees that it is waited for.
        Interlocked.MemoryBarrier();
        if (Connections == 0)
            return 0;
        using var over = new CancellationTokenSource();
        await Task.WhenAny(idle.Task, Task.Delay(timeout, time, over.Token), HandOverAsync(handover ?? timeout, over.Token));
        await over.CancelAsync();
        if (idle.Task.IsCompleted)
            return 0;
        var left = Connections;
        foreach (var loop in loops)
            loop.Events.Post(() => CancelAll(loop, static _ => true));
        await idle.Task;
        return left;
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        await hourly.DisposeAsync();
        await DrainAsync(TimeSpan.Zero);
        await OnAcceptorAsync(static listener => listener.Dispose());
        Admission.Dispose();
        foreach (var loop in loops)
            loop.Dispose();
        names.Dispose();
        context.Dispose();
        foreach (var validation in validations.Values)
            validation.Dispose();
    }

    /// <summary>The certificate for an outer ClientHello: the validation's for its validator, the server's own for everyone else.</summary>
    internal TlsContext ContextFor(ClientHello? hello, out bool isValidation)
    {
        isValidation = false;
        if (validations.IsEmpty || hello is not { ApplicationProtocols: ["acme-tls/1"], ServerName: { } name })
            return context;
        isValidation = validations.TryGetValue(name, out var validation);
        return validation ?? context;
    }

    /// <summary>Tells the operator that the decoy is down: once, not once for each of its visitors.</summary>
    internal void DecoyDialled(bool reached)
    {
        if (reached)
            Volatile.Write(ref decoyDown, 0);
        else if (Interlocked.Exchange(ref decoyDown, 1) == 0)
            Log.DecoyDown();
    }

    /// <summary>As <see cref="DecoyDialled"/>, for each of the other web servers.</summary>
    internal void SiteDialled(PassthroughSite site, bool reached)
    {
        if (reached)
            downSites.TryRemove(site.Endpoint, out _);
        else if (downSites.TryAdd(site.Endpoint, true))
            Log.SiteDown(site.Endpoint);
    }

    /// <summary>A connection is over and has freed what it owned.</summary>
    internal void Ended(RelayLoop loop, RelayConnection connection)
    {
        loop.Connections.Remove(connection);
        Left(loop);
    }

    private void Left(RelayLoop loop)
    {
        loop.AddLoad(-1);
        if (Interlocked.Decrement(ref connections) == 0 && draining)
            idle.TrySetResult();
    }

    private void Listen(List<(int Descriptor, IPEndPoint Endpoint)> bound)
    {
        Endpoints = [.. bound.Select(static one => one.Endpoint)];
        var acceptor = loops[0].Events;
        foreach (var (endpoint, (descriptor, _)) in options.Listen.Zip(bound))
            listeners.Add(new Listener(acceptor, descriptor, options.Lent.ContainsKey(endpoint), Accepted, () => somebodyWaits.TrySetResult(), Log));
        foreach (var listener in listeners)
            acceptor.Post(() => _ = listener.RunAsync());
        foreach (var loop in loops)
            loop.Events.Start();
    }

    /// <summary>Asks for the addresses of all routed hosts, so that the first client does not wait for the resolver.</summary>
    private void WarmUp()
    {
        foreach (var host in Hosts(options))
            _ = names.FindAsync(host, TimeSpan.Zero).AsTask();
    }

    private static IEnumerable<string> Hosts(RelayOptions options) => options.Routes.Routes.Select(static route => route.Endpoint)
        .Concat(options.Passthrough.Endpoints)
        .Concat([options.Decoy.Http1, options.Decoy.Http2 ?? options.Decoy.Http1])
        .OfType<UpstreamEndpoint.Tcp>().Select(static tcp => tcp.Host).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <returns>Whether there is a descriptor for the next one, too.</returns>
    private bool Accepted(int descriptor)
    {
        var last = DescriptorReserve.IsTouchedByAccepting(descriptor);
        if (last || Admission.IsFull(Connections))
        {
            _ = Libc.close(descriptor);
            Counters.CountAccepted(0);
            loops[0].Counters.Count(ConnectionOutcome.Refused);
            return !last;
        }
        Counters.CountAccepted(Interlocked.Increment(ref connections));
        var loop = loops.MinBy(static loop => loop.Load)!;
        loop.AddLoad(1);
        if (loop == loops[0])
            Serve(loop, descriptor);
        else
            loop.Events.Post(() => Serve(loop, descriptor));
        return true;
    }

    private void Serve(RelayLoop loop, int descriptor)
    {
        Libc.SetOption(descriptor, Libc.ProtocolTcp, Libc.TcpNoDelay, 1);
        LoopSocket socket;
        try
        {
            socket = LoopSocket.Adopt(loop.Events, descriptor);
        }
        catch (IOException e)
        {
            Log.Defect(e.Message);
            Left(loop);
            return;
        }
        var connection = new RelayConnection(this, loop, socket);
        loop.Connections.Add(connection);
        _ = connection.RunAsync();
    }

    private Task OnAcceptorAsync(Action<Listener> action) => OnLoopAsync(loops[0], () => listeners.ForEach(action));

    /// <summary>Completes when the loop has done it.</summary>
    private static Task OnLoopAsync(RelayLoop loop, Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Events.Post(() =>
        {
            action();
            done.SetResult();
        });
        return done.Task;
    }

    private async Task HandOverAsync(TimeSpan handover, CancellationToken cancellation)
    {
        await somebodyWaits.Task.WaitAsync(cancellation);
        await Task.Delay(handover, time, cancellation);
    }

    /// <summary>Sums of hours, not moments: a line in the log must not tell when somebody connected.</summary>
    private void TellSums()
    {
        var statistics = GetStatistics();
        Admission.TellRefused(statistics);
        var denied = statistics.DeniedSignalNames;
        var sum = denied.Values.Sum();
        if (Interlocked.Exchange(ref deniedTold, sum) != sum)
            Log.NamesNotRouted(string.Join(", ", denied.OrderByDescending(static one => one.Value).Take(10).Select(static one => $"{one.Key} (up to {RoundedCount.Up(one.Value)})")));
    }

    private static void CancelAll(RelayLoop loop, Func<RelayConnection, bool> which)
    {
        foreach (var connection in loop.Connections.Where(which).ToList())
            connection.Cancel();
    }
}
