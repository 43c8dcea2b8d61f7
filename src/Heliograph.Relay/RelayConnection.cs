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
internal sealed class RelayConnection : IDeadlineOwner, IDisposable
{
    private static readonly Look<ProxyHeader> LookForProxyHeader =
        static (bytes, out header) => (header = ProxyHeaderReader.Read(bytes)).Status != ProxyHeaderStatus.NeedMore;

    private readonly RelayServer server;
    private readonly RelayLoop loop;
    private readonly Deadline deadline;
    private readonly PendingBytes peeked = new();
    private Channel client;
    private Channel? upstream;
    private RouteCounters? relaying;
    private ConnectionAddresses? proxied;
    private ConnectionOutcome gone = ConnectionOutcome.Left;
    private ulong source;
    private bool timedOut;

    /// <param name="server">What all connections share.</param>
    /// <param name="loop">The loop it lives on.</param>
    /// <param name="socket">The accepted socket; owned from here on.</param>
    public RelayConnection(RelayServer server, RelayLoop loop, LoopSocket socket)
    {
        this.server = server;
        this.loop = loop;
        deadline = new Deadline(this);
        client = new SocketChannel(socket);
    }

    /// <summary>Whether it is a Signal client's, with its host.</summary>
    public bool IsRelaying => relaying is not null;

    /// <summary>Serves the connection from its first byte to its last. Never throws.</summary>
    public async Task RunAsync()
    {
        var outcome = ConnectionOutcome.Failed;
        try
        {
            outcome = await ServeAsync();
        }
        catch (Exception e)
        {
            server.Log.Defect(e.ToString());
        }
        finally
        {
            Dispose();
            relaying?.End();
            server.Admission.Sources.Leave(source);
            loop.Counters.Count(outcome);
            server.Log.Ended(outcome);
            server.Ended(loop, this);
        }
    }

    /// <summary>Ends the connection at the next opportunity.</summary>
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
        Cancel();
    }

    private async Task<ConnectionOutcome> ServeAsync()
    {
        loop.HandshakeTimeouts.Arm(deadline);
        if (server.TrustedProxies.Contain(client.Socket) is not { } isProxied)
            return Gone();
        if (isProxied && !await ReadProxyHeaderAsync())
            return Gone();
        if (!TryEnter(isProxied))
            return ConnectionOutcome.RefusedSource;
        var opening = await PeekAsync();
        if (opening.Ended == IoStatus.Broken || peeked.Count == 0)
            return Gone();
        if (server.Passthrough.Find(opening.Found?.ServerName) is { } site)
            return await PassThroughAsync(site);
        // Nothing from here on needs to know where the client is.
        proxied = null;
        if (!LooksLikeTls())
            return await VisitAsync(server.Decoy.PlainHttp, null, ConnectionOutcome.PlainHttp);

        var context = server.ContextFor(opening.Found, out var isValidation);
        if (!isValidation && await WaitForHandshakeAsync() is { } refused)
            return refused;
        var tls = StartTls(context, isValidation ? null : opening.Found);
        if (await tls.HandshakeAsync() is { } failure)
            return HandshakeFailed(failure);
        if (isValidation)
            return await SayGoodbyeAsync(ConnectionOutcome.Validation);

        var speaksHttp2 = tls.NegotiatedHttp2;
        client = tls.Established(loop.Records);
        // Whose h2 a change of the options has taken away meanwhile is still a browser.
        if (speaksHttp2)
            return await VisitAsync(server.Decoy.Http2 ?? server.Decoy.Http1, server.Decoy.Http2Unavailable, ConnectionOutcome.DecoyHttp2);

        loop.HelloTimeouts.Arm(deadline);
        var inner = await PeekAsync();
        if (inner.Ended is { } ended && (ended == IoStatus.Broken || peeked.Count == 0))
            return ended == IoStatus.Broken ? Gone() : await SayGoodbyeAsync(ConnectionOutcome.Left);

        if (server.Routes.Find(inner.Found?.ServerName) is not { } route)
            return await VisitAsync(server.Decoy.Http1, server.Decoy.Http1Unavailable, Denied(inner.Found));
        if (server.Admission.IsBudgetSpent)
            return await VisitAsync(server.Decoy.Http1, server.Decoy.Http1Unavailable, ConnectionOutcome.RefusedBudget);
        if (await DialAsync(route.Endpoint, route.PublicOnly))
            return await RelayAsync(ConnectionOutcome.Relayed, server.Counters.Of(route));
        return await VisitAsync(server.Decoy.Http1, server.Decoy.Http1Unavailable, ConnectionOutcome.DecoyUpstreamDown);
    }

    /// <summary>Takes off what a trusted proxy says before the client's first byte.</summary>
    /// <returns>False: the connection ends.</returns>
    private async ValueTask<bool> ReadProxyHeaderAsync()
    {
        var headerDeadline = new Deadline(this);
        loop.ProxyHeaderTimeouts.Arm(headerDeadline);
        var (header, ended) = await PeekedBytes.ReadAsync(client, loop, peeked, ProxyHeaderReader.LongestHeader, LookForProxyHeader);
        headerDeadline.Disarm();
        if (ended is not null)
            return false;
        peeked.Consume(header.Length);
        proxied = header.Addresses;
        gone = header.Status switch
        {
            ProxyHeaderStatus.Missing => ConnectionOutcome.ProxyHeaderMissing,
            ProxyHeaderStatus.Malformed => ConnectionOutcome.ProxyHeaderMalformed,
            ProxyHeaderStatus.TooLong => ConnectionOutcome.ProxyHeaderTooLong,
            ProxyHeaderStatus.WrongChecksum => ConnectionOutcome.ProxyHeaderChecksum,
            _ => gone,
        };
        return header.Status == ProxyHeaderStatus.Header;
    }

    /// <summary>Takes a place of its source's. A balancer's own connections, which have no addresses in their header, are nobody's.</summary>
    private bool TryEnter(bool isProxied) =>
        isProxied ? server.Admission.Sources.TryEnter(proxied?.Source.Address, out source) : server.Admission.Sources.TryEnter(client.Socket, out source);

    private ValueTask<Peek<ClientHello?>> PeekAsync() => PeekedBytes.ReadHelloAsync(client, loop, peeked);

    /// <summary>nginx's test of the first byte: a TLS handshake record, or the high bit of an SSL 2 hello, which OpenSSL then refuses in its own way.</summary>
    private bool LooksLikeTls() => peeked.Span[0] is 0x16 or >= 0x80;

    /// <summary>Its turn, where limits.handshakes_per_second makes it wait; not for an authority's validation, without which there is no certificate.</summary>
    /// <returns>Null: go on.</returns>
    private async ValueTask<ConnectionOutcome?> WaitForHandshakeAsync()
    {
        if (!server.Admission.Handshakes.TryTake(out var wait))
        {
            // An nginx that refuses has closed before the hello comes, and the kernel answers the hello with RST.
            client.Socket.Reset();
            return ConnectionOutcome.RefusedHandshake;
        }
        if (wait == TimeSpan.Zero)
            return null;
        loop.HandshakeTurns.Arm(new Deadline(new HandshakeTurn(loop.Events, client.Socket)), wait);
        return await client.Socket.Held() ? null : Gone();
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

    private async ValueTask<bool> DialAsync(UpstreamEndpoint endpoint, bool publicOnly)
    {
        // The dial has its own deadline; the client's clock starts anew with the relay.
        deadline.Disarm();
        if (await loop.Dialer.DialAsync(endpoint, publicOnly) is not { } socket)
            return false;
        upstream = new SocketChannel(socket);
        return true;
    }

    /// <summary>Hands the visitor to the decoy, which is an upstream like any other.</summary>
    private async ValueTask<ConnectionOutcome> VisitAsync(UpstreamEndpoint decoy, UpstreamEndpoint? instead, ConnectionOutcome outcome)
    {
        var reached = await DialAsync(decoy, publicOnly: false);
        server.DecoyDialled(reached);
        if (reached)
            return await RelayAsync(outcome);
        if (instead is not null && await DialAsync(instead, publicOnly: false))
            await RelayAsync(outcome);
        return ConnectionOutcome.DecoyDown;
    }

    /// <summary>Hands the connection over as it came, and closes it as nginx's stream proxy does when nobody is there to take it.</summary>
    private async ValueTask<ConnectionOutcome> PassThroughAsync(PassthroughSite site)
    {
        var reached = await DialAsync(site.Endpoint, publicOnly: false);
        server.SiteDialled(site, reached);
        if (!reached)
            return ConnectionOutcome.PassthroughDown;
        if (site.SendsProxyHeader && !TryWriteProxyHeader())
            return Gone();
        proxied = null;
        return await RelayAsync(ConnectionOutcome.PassedThrough);
    }

    private bool TryWriteProxyHeader()
    {
        if (proxied is null && SocketNames.Peer(client.Socket) is { } peer && SocketNames.Own(client.Socket) is { } own)
            proxied = new() { Source = peer, Destination = own };
        if (proxied is null)
            return false;
        Span<byte> header = stackalloc byte[ProxyHeaderWriter.LongestHeader];
        return upstream!.Write(header[..ProxyHeaderWriter.Write(proxied, header)]);
    }

    /// <param name="outcome">What becomes of the connection.</param>
    /// <param name="route">Counts it and its bytes; null for visitors of web servers.</param>
    private async ValueTask<ConnectionOutcome> RelayAsync(ConnectionOutcome outcome, RouteCounters? route = null)
    {
        relaying = route;
        relaying?.Begin();
        if (!upstream!.Write(peeked.Span))
            return outcome;
        var counters = relaying is null ? null : loop.Counters;
        counters?.CountUp(peeked.Count);
        peeked.Dispose();
        var relay = new Relaying.Relay(loop, client, upstream, deadline, counters);
        var (up, down) = relay.Start();
        await up;
        await down;
        // A reset is passed on as a reset. Not by the decoy: a web server's visitors are sent FIN.
        if (relay.End == RelayEnd.UpstreamBroke && outcome is (ConnectionOutcome.Relayed or ConnectionOutcome.PassedThrough))
            client.Socket.Reset();
        if (relay.End == RelayEnd.ClientBroke)
            upstream.Socket.Reset();
        return outcome;
    }

    private ConnectionOutcome Denied(ClientHello? hello)
    {
        if (hello is null)
            return ConnectionOutcome.DecoyNoHello;
        if (hello.ServerName is { } name)
            loop.Counters.CountDenied(name);
        return ConnectionOutcome.DecoyDeniedName;
    }

    private ConnectionOutcome HandshakeFailed(string reason)
    {
        server.Log.HandshakeFailed(reason);
        return timedOut ? ConnectionOutcome.TimedOut : ConnectionOutcome.HandshakeFailed;
    }

    /// <summary>close_notify, and the FIN that closing the socket sends.</summary>
    private async ValueTask<ConnectionOutcome> SayGoodbyeAsync(ConnectionOutcome outcome)
    {
        var sent = client.WriteEnd();
        while (sent && client.HasOutput)
            sent = await client.Socket.Writable() && client.Flush();
        return outcome;
    }

    /// <summary>nginx closes without a word on who kept silent too long or went.</summary>
    private ConnectionOutcome Gone() => timedOut ? ConnectionOutcome.TimedOut : gone;
}
