using Heliograph.Relay.Access;
using Heliograph.Relay.Countries;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Listening;
using Heliograph.Relay.Loop;
using Heliograph.Relay.ProxyProtocol;

namespace Heliograph.Relay;

/// <summary>
/// Whose connection it is, as far as that matters: for whom it counts, and whether it may reach Signal's hosts. Nothing of it is written
/// anywhere.
/// </summary>
internal sealed class ConnectionAccount
{
    private readonly RelayContext relay;
    private readonly RelayLoop loop;
    private AccessGroup? group;
    private string? listedName;
    private Country? country;
    private ulong source;
    private bool isCounted;
    private bool opens;
    private bool entered;

    public ConnectionAccount(RelayContext relay, RelayLoop loop)
    {
        this.relay = relay;
        this.loop = loop;
    }

    /// <summary>Whether the connection comes from a trusted proxy.</summary>
    public bool IsProxied { get; set; }

    /// <summary>What a trusted proxy says of the client; null: nothing, it is its own connection, or there is none.</summary>
    public ConnectionAddresses? Addresses { get; set; }

    /// <summary>Whether it is a look of our own, which is nobody's traffic.</summary>
    public bool IsOwn { get; private set; }

    /// <summary>Whether a list blocks its source.</summary>
    public bool IsBlocked { get; private set; }

    public RelayCounters Counters => IsOwn ? loop.OwnCounters : loop.Counters;

    /// <summary>The group that it counts for; null: there is none, or the connection is not, or not yet, relayed.</summary>
    public AccessGroup? Group => entered ? group : null;

    /// <summary>
    /// Whoever visits the decoy stays, and whoever has not decided between the two gets the decoy: nobody sees that a name was revoked but
    /// those who used it. A look of our own that opens the way to Signal's hosts has no name that it could lose.
    /// </summary>
    public bool LostAccess(AccessTable names, bool isRelaying) =>
        (isRelaying || entered) && !opens && (group is null || names.Find(listedName) != group);

    /// <summary>
    /// Counts the connection for its source. A load balancer's own connections, whose headers have no addresses, count for nobody.
    /// </summary>
    /// <returns>False: the source has as many connections as it may have.</returns>
    public bool TryEnter(LoopSocket socket) => IsProxied
        ? relay.Admission.Sources.TryEnter(Addresses?.Source.Address, out source)
        : relay.Admission.Sources.TryEnter(socket, out source);

    /// <summary>Asks once where the client is, if anybody wants to know. The address is not kept.</summary>
    public void LookUpSource(LoopSocket socket)
    {
        var (sources, countries) = (relay.Sources, relay.Countries);
        if (sources is null && countries is null)
            return;
        var address = IsProxied ? Addresses?.Source.Address : SocketNames.Peer(socket)?.Address;
        IsBlocked = sources?.Blocks(address) == true;
        if (countries is not null)
            country = address is { } known ? countries.Find(known) : Country.Unknown;
    }

    /// <summary>Counts the connection, now that its first bytes say whether it is our own.</summary>
    public void Recognize(ReadOnlySpan<byte> opening)
    {
        IsOwn |= relay.Own.Take(opening, out opens);
        IsBlocked &= !IsOwn;
        Count();
    }

    /// <summary>
    /// Whether Signal's hosts can be reached under an outer name, from where the client is. Whatever is inside makes no difference where
    /// they cannot.
    /// </summary>
    public bool IsListed(string? name)
    {
        if (IsBlocked)
            return false;
        if (relay.Access is not { } access || opens)
            return true;
        var found = access.Find(name);
        if (found is null)
            return false;
        (listedName, group) = (name, found);
        return true;
    }

    /// <summary>Counts a connection for its group, which may have a limit. Our own count for nobody.</summary>
    public bool TryEnterGroup() => group is null || IsOwn || (entered = group.TryEnter());

    /// <summary>Counts a connection that is relayed.</summary>
    /// <returns>What counts it until its end.</returns>
    public RouteCounters Relay(RouteCounters route)
    {
        Group?.CountRelayed();
        if (!IsOwn && country is { } from)
            relay.Counters.Countries.Count(from);
        return IsOwn ? relay.Counters.OwnRelays : route;
    }

    /// <summary>
    /// A load balancer's health check, or our own look whether a port can be reached, has left without a word: it has brought no client.
    /// </summary>
    /// <param name="socket">Still open.</param>
    public void LeaveSilently(LoopSocket socket)
    {
        if (!isCounted)
            IsOwn |= Addresses is null && (IsProxied || SocketNames.IsFromHere(socket));
    }

    /// <summary>Once it has ended.</summary>
    public void Close(ConnectionOutcome outcome)
    {
        Group?.Leave();
        if (!IsOwn)
            group?.Count(outcome);
        relay.Admission.Sources.Leave(source);
        Count();
        Counters.Count(outcome);
        if (IsOwn)
            relay.Counters.EndOwn();
    }

    private void Count()
    {
        if (isCounted)
            return;
        isCounted = true;
        if (IsOwn)
            relay.Counters.BeginOwn();
        else
            relay.Counters.CountAccepted(loop.OpenConnections);
    }
}
