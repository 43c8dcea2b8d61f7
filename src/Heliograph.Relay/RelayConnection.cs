using Heliograph.Relay.Access;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Limits;
using Heliograph.Relay.Listening;
using Heliograph.Relay.Loop;
using Heliograph.Relay.OuterTls;
using Heliograph.Relay.ProxyProtocol;
using Heliograph.Relay.Relaying;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;
using Heliograph.Tls13.Hello;

namespace Heliograph.Relay;

/// <summary>
/// The life of one connection. Read <see cref="ServeAsync"/> first: it is the product.
/// </summary>
internal sealed class RelayConnection : ILoopConnection, IDeadlineOwner, IDisposable
{
    private static readonly Recognizer<ProxyHeader> RecognizeProxyHeader =
        static (bytes, out header) => (header = ProxyHeaderReader.Read(bytes)).Status != ProxyHeaderStatus.NeedMore;

    private readonly RelayContext relay;
    private readonly RelayLoop loop;
    private readonly ConnectionAccount account;
    private readonly Deadline deadline;
    private readonly PendingBytes peeked;
    private readonly long accepted;
    private Channel client;
    private Channel? upstream;
    private RouteCounters? relaying;
    private ConnectionOutcome outcomeOfLeaving = ConnectionOutcome.Left;
    private bool timedOut;
    private bool awaitsFirstByte;

    /// <param name="relay">What all connections share.</param>
    /// <param name="loop">The loop it lives on.</param>
    /// <param name="socket">The accepted socket; owned from here on.</param>
    public RelayConnection(RelayContext relay, RelayLoop loop, LoopSocket socket)
    {
        this.relay = relay;
        this.loop = loop;
        accepted = loop.Events.Now;
        account = new(relay, loop);
        peeked = new(loop.Events);
        deadline = new Deadline(this);
        client = new SocketChannel(socket);
    }

    public bool IsRelaying => relaying is not null;

    /// <summary>Since the accept, from which nginx counts, too.</summary>
    private TimeSpan Age => TimeSpan.FromMilliseconds(loop.Events.Now - accepted);

    public bool LostAccess(AccessTable names) => account.LostAccess(names, IsRelaying);

    /// <summary>Serves the connection from its first byte to its last. Never throws.</summary>
    public async Task RunAsync()
    {
        var outcome = ConnectionOutcome.Failed;
        try
        {
            outcome = await ServeAsync();
        }
        catch (Exception exception)
        {
            relay.Logger.Defect(exception.ToString());
        }
        finally
        {
            if (outcome == ConnectionOutcome.Left)
                account.LeaveSilently(client.Socket);
            Dispose();
            relaying?.End();
            account.Close(outcome);
            relay.Logger.Ended(outcome);
            loop.Remove(this);
        }
    }

    public void Cancel()
    {
        client.Socket.Cancel();
        upstream?.Socket.Cancel();
    }

    public void Dispose()
    {
        deadline.Disarm();
        peeked.Dispose();
        client.Dispose();
        upstream?.Dispose();
    }

    void IDeadlineOwner.Expired()
    {
        timedOut = true;
        // nginx takes leave of a visitor who never sent a byte (ngx_http_wait_request_handler), but not of one who stops halfway.
        try
        {
            if (awaitsFirstByte && peeked.Count == 0)
                client.WriteEnd();
        }
        finally
        {
            Cancel();
        }
    }

    private async Task<ConnectionOutcome> ServeAsync()
    {
        loop.HandshakeTimeouts.Arm(deadline);
        if (relay.TrustedProxies.Contain(client.Socket) is not { } isProxied)
            return CloseSilently();
        account.IsProxied = isProxied;
        if (isProxied && !await ReadProxyHeaderAsync())
            return CloseSilently();
        if (!account.TryEnter(client.Socket))
            return ConnectionOutcome.RefusedSource;
        account.LookUpSource(client.Socket);
        var opening = await PeekAsync();
        if (opening.Ended == IoStatus.Broken || peeked.Count == 0)
            return CloseSilently();
        account.Recognize(peeked.Span);
        if (relay.Passthrough.Find(opening.Found?.ServerName) is { } site)
            return await PassThroughAsync(site);
        // From here on nothing needs to know where the client is.
        account.Addresses = null;
        if (!LooksLikeTls())
            return await ServeDecoyAsync(relay.Decoy.PlainHttp, null, ConnectionOutcome.PlainHttp);

        var isListed = account.IsListed(opening.Found?.ServerName);
        var validation = relay.Validations.Find(opening.Found);
        if (validation is null && await WaitForHandshakeAsync() is { } refused)
            return refused;
        var tls = StartTls(validation ?? relay.Certificate.Context, opening.Found);
        if (await tls.HandshakeAsync() is { } failure)
            return HandshakeFailed(failure);
        if (validation is not null)
            return await CloseAsync(ConnectionOutcome.Validation);

        var speaksHttp2 = tls.NegotiatedHttp2;
        client = tls.Established(loop.Records);
        // Still a browser, even if a reload has since disabled h2.
        if (speaksHttp2)
            return await ServeDecoyAsync(
                relay.Decoy.Http2 ?? relay.Decoy.Http1, relay.Decoy.Http2Unavailable, ConnectionOutcome.DecoyHttp2);

        loop.ArmHello(deadline, Age);
        awaitsFirstByte = true;
        var inner = isListed ? await PeekAsync() : await PeekedBytes.ReadFirstAsync(client, loop, peeked);
        awaitsFirstByte = false;
        if (inner.Ended is { } ended && (ended == IoStatus.Broken || peeked.Count == 0))
            return ended == IoStatus.Broken ? CloseSilently() : await CloseAsync(ConnectionOutcome.Left);

        // Again: the name may have been revoked while the hello was on its way.
        if (!isListed || !account.IsListed(opening.Found?.ServerName))
            return await ServeDecoyAsync(relay.Decoy.Http1, relay.Decoy.Http1Unavailable, Unlisted(inner.Found));
        if (relay.FindRoute(inner.Found?.ServerName) is not { } route)
            return await ServeDecoyAsync(relay.Decoy.Http1, relay.Decoy.Http1Unavailable, Denied(inner.Found));
        if (relay.Admission.IsBudgetSpent)
            return await ServeDecoyAsync(relay.Decoy.Http1, relay.Decoy.Http1Unavailable, ConnectionOutcome.RefusedBudget);
        if (!account.TryEnterGroup())
            return await ServeDecoyAsync(relay.Decoy.Http1, relay.Decoy.Http1Unavailable, ConnectionOutcome.RefusedGroup);
        if (await DialAsync(route))
            return await RelayAsync(ConnectionOutcome.Relayed, relay.Counters.GetRoute(route));
        return await ServeDecoyAsync(relay.Decoy.Http1, relay.Decoy.Http1Unavailable, ConnectionOutcome.DecoyUpstreamDown);
    }

    /// <summary>Reads and removes what a trusted proxy sends before the client's first byte.</summary>
    /// <returns>False: the connection ends.</returns>
    private async ValueTask<bool> ReadProxyHeaderAsync()
    {
        var headerDeadline = new Deadline(this);
        loop.ProxyHeaderTimeouts.Arm(headerDeadline);
        var (header, ended) = await PeekedBytes.ReadAsync(client, loop, peeked, ProxyHeaderReader.LongestHeader, RecognizeProxyHeader);
        headerDeadline.Disarm();
        if (ended is not null)
            return false;
        peeked.Consume(header.Length);
        account.Addresses = header.Addresses;
        outcomeOfLeaving = header.Status switch
        {
            ProxyHeaderStatus.Missing => ConnectionOutcome.ProxyHeaderMissing,
            ProxyHeaderStatus.Malformed => ConnectionOutcome.ProxyHeaderMalformed,
            ProxyHeaderStatus.TooLong => ConnectionOutcome.ProxyHeaderTooLong,
            ProxyHeaderStatus.WrongChecksum => ConnectionOutcome.ProxyHeaderChecksum,
            _ => outcomeOfLeaving,
        };
        return header.Status == ProxyHeaderStatus.Header;
    }

    private ValueTask<Peek<ClientHello?>> PeekAsync() => PeekedBytes.ReadHelloAsync(client, loop, peeked);

    /// <summary>
    /// nginx's test of the first byte: a TLS handshake record, or the high bit of an SSL 2 hello, which OpenSSL then refuses in its own
    /// way.
    /// </summary>
    private bool LooksLikeTls() => peeked.Span[0] is 0x16 or >= 0x80;

    /// <summary>
    /// Waits for a slot, where limits.handshakes_per_second demands it. An authority's validation never waits: without it there is no
    /// certificate.
    /// </summary>
    /// <returns>Null: continue.</returns>
    private async ValueTask<ConnectionOutcome?> WaitForHandshakeAsync()
    {
        if (!relay.Admission.Handshakes.TryReserveSlot(out var wait))
        {
            // An nginx that refuses has closed before the hello comes, and the kernel answers the hello with RST.
            client.Socket.Reset();
            return ConnectionOutcome.RefusedHandshake;
        }
        if (wait == TimeSpan.Zero)
            return null;
        loop.HandshakeSlots.Arm(new Deadline(new HandshakeSlot(loop.Events, client.Socket)), wait);
        return await client.Socket.Held() ? null : CloseSilently();
    }

    /// <param name="context">The certificate.</param>
    /// <param name="hello">The client's hello; null: only libssl can answer it.</param>
    private HandshakeChannel StartTls(TlsContext context, ClientHello? hello)
    {
        HandshakeChannel tls;
        if (hello is not null && context.Identity is { } identity && loop.Handshakes.TryAnswer(identity, peeked.Span, out var answer))
        {
            peeked.Dispose();
            tls = new Tls13Channel(loop.Records, answer, client.Socket);
        }
        else
        {
            tls = new TlsChannel(loop.Bio, context, client.Socket, peeked.MoveToNew());
        }
        client = tls;
        return tls;
    }

    private ValueTask<bool> DialAsync(Route route)
    {
        // The dial has its own deadline; the client's restarts when the relay begins.
        deadline.Disarm();
        return TakeAsync(loop.Dialer.DialRouteAsync(route.Endpoint, route.PublicOnly));
    }

    private ValueTask<bool> DialAsync(UpstreamEndpoint endpoint)
    {
        deadline.Disarm();
        return TakeAsync(loop.Dialer.DialAsync(endpoint, publicOnly: false));
    }

    private async ValueTask<bool> TakeAsync(ValueTask<LoopSocket?> dial)
    {
        if (await dial is not { } socket)
            return false;
        upstream = new SocketChannel(socket);
        return true;
    }

    /// <summary>Hands the visitor to the decoy.</summary>
    /// <param name="decoy">The decoy's endpoint.</param>
    /// <param name="fallback">Serves an error page where the decoy cannot be dialled; null: the connection is closed.</param>
    /// <param name="outcome">The outcome, unless the decoy is down.</param>
    private async ValueTask<ConnectionOutcome> ServeDecoyAsync(
        UpstreamEndpoint decoy, UpstreamEndpoint? fallback, ConnectionOutcome outcome)
    {
        var state = await ReachAsync(decoy) ? DecoyState.Served
            : fallback is not null && await ReachAsync(fallback) ? DecoyState.ErrorPage
            : DecoyState.Disconnected;
        relay.Alarm.DecoyVisited(decoy, state);
        if ((state == DecoyState.ErrorPage ? fallback : decoy) is UpstreamEndpoint.InProcess server)
            await AnswerAsync(server);
        else if (state != DecoyState.Disconnected)
            outcome = await RelayAsync(outcome);
        return state == DecoyState.Served ? outcome : ConnectionOutcome.DecoyDown;
    }

    private async ValueTask<bool> ReachAsync(UpstreamEndpoint decoy) =>
        decoy is UpstreamEndpoint.InProcess || await DialAsync(decoy);

    /// <summary>
    /// A server in this process answers on the visitor's loop: no thread or socket in between delays the answer, or joins what nginx would
    /// send in two records.
    /// </summary>
    private async ValueTask AnswerAsync(UpstreamEndpoint.InProcess server)
    {
        var visitor = new VisitorConnection(loop, client, peeked, deadline, account.Counters) { Age = Age };
        await server.Serve(visitor);
        await visitor.FinishSendingAsync();
    }

    /// <summary>
    /// Hands over the connection untouched. If the other server cannot be dialled, it is closed as nginx's stream proxy closes it.
    /// </summary>
    private async ValueTask<ConnectionOutcome> PassThroughAsync(PassthroughSite site)
    {
        var reached = await DialAsync(site.Endpoint);
        relay.Alarm.SiteDialled(site, reached);
        if (!reached)
            return ConnectionOutcome.PassthroughDown;
        if (site.SendsProxyHeader && !TryWriteProxyHeader())
            return CloseSilently();
        account.Addresses = null;
        return await RelayAsync(ConnectionOutcome.PassedThrough);
    }

    private bool TryWriteProxyHeader()
    {
        var addresses = account.Addresses;
        if (addresses is null && SocketNames.Peer(client.Socket) is { } peer && SocketNames.Own(client.Socket) is { } own)
            addresses = new() { Source = peer, Destination = own };
        if (addresses is null)
            return false;
        Span<byte> header = stackalloc byte[ProxyHeaderWriter.LongestHeader];
        return upstream!.Write(header[..ProxyHeaderWriter.Write(addresses, header)]);
    }

    /// <param name="outcome">The outcome of the connection.</param>
    /// <param name="route">Counts it and its bytes; null for visitors of web servers.</param>
    private async ValueTask<ConnectionOutcome> RelayAsync(ConnectionOutcome outcome, RouteCounters? route = null)
    {
        relaying = route is null ? null : account.Relay(route);
        relaying?.Begin();
        if (!upstream!.Write(peeked.Span))
            return outcome;
        if (relaying is not null)
        {
            account.Counters.CountUp(peeked.Count);
            account.Group?.CountUp(peeked.Count);
        }
        peeked.Dispose();
        // Never the decoy's bytes: a web server's visitors get the records that nginx sends.
        if (route is not null && relay.Options.PadsFirstFlight)
            client.PadNextRecord(FirstFlight.ChooseLength());
        var pump = new BytePump(loop, client, upstream, deadline, account.Counters, isVisit: relaying is null, account.Group);
        var (up, down) = pump.Start();
        await up;
        await down;
        // A reset is passed on as a reset. But not the decoy's: a web server's visitors get FIN.
        if (pump.End == PumpEnd.UpstreamBroke && outcome is (ConnectionOutcome.Relayed or ConnectionOutcome.PassedThrough))
            client.Socket.Reset();
        if (pump.End == PumpEnd.ClientBroke)
            upstream.Socket.Reset();
        return outcome;
    }

    private ConnectionOutcome Denied(ClientHello? hello)
    {
        if (hello is null)
            return ConnectionOutcome.DecoyNoHello;
        if (hello.ServerName is { } name)
            account.Counters.CountDenied(name);
        return ConnectionOutcome.DecoyDeniedName;
    }

    /// <summary>What somebody brought under an outer name that is nobody's, or from a source that is blocked.</summary>
    private ConnectionOutcome Unlisted(ClientHello? hello) =>
        relay.Routes.Find(hello?.ServerName) is not null
            ? account.IsBlocked ? ConnectionOutcome.DecoyBlocked : ConnectionOutcome.DecoyProbe
        : hello is not null ? ConnectionOutcome.DecoyDeniedName
        : ConnectionOutcome.DecoyNoHello;

    private ConnectionOutcome HandshakeFailed(string reason)
    {
        relay.Logger.HandshakeFailed(reason);
        return timedOut ? ConnectionOutcome.TimedOut : ConnectionOutcome.HandshakeFailed;
    }

    /// <summary>Sends close_notify; closing the socket sends FIN.</summary>
    private async ValueTask<ConnectionOutcome> CloseAsync(ConnectionOutcome outcome)
    {
        var sent = client.WriteEnd();
        while (sent && client.HasOutput)
            sent = await client.Socket.Writable() && client.Flush();
        return outcome;
    }

    /// <summary>nginx closes silently when a visitor leaves or stops halfway.</summary>
    private ConnectionOutcome CloseSilently() => timedOut ? ConnectionOutcome.TimedOut : outcomeOfLeaving;
}
