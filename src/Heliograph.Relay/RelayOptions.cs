using System.Net;
using Heliograph.Relay.Access;
using Heliograph.Relay.Listening;
using Heliograph.Relay.OuterTls;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Relay;

/// <summary>The options of a <see cref="RelayServer"/>. All but where it listens and its loops can change while it runs.</summary>
public sealed record RelayOptions
{
    /// <summary>Where clients connect. Port 0 lets the system pick one.</summary>
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>Sockets that the process was started with, by the address of <see cref="Listen"/> that each of them serves.</summary>
    public IReadOnlyDictionary<IPEndPoint, InheritedSocket> Inherited { get; init; } = new Dictionary<IPEndPoint, InheritedSocket>();

    public required RouteTable Routes { get; init; }

    public required DecoyEndpoints Decoy { get; init; }

    /// <summary>
    /// Through which the hosts of <see cref="Routes"/> are dialled, and by which their names are resolved; null: directly.
    /// </summary>
    public UpstreamProxy? Proxy { get; init; }

    /// <summary>Other web servers, which get the connections for their names before we speak any TLS.</summary>
    public PassthroughTable Passthrough { get; init; } = PassthroughTable.Empty;

    /// <summary>Whose connections begin with a PROXY protocol header: required of them, and accepted from nobody else.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>
    /// The outer names that are relayed at the start; everybody else gets the decoy. <see cref="RelayServer.UseAccess"/> changes them.
    /// Null: every name is relayed.
    /// </summary>
    public AccessTable? Access { get; init; }

    /// <summary>
    /// For whom nothing is relayed at the start. <see cref="RelayServer.UseSources"/> changes it. Null: everybody is relayed.
    /// </summary>
    public SourceRules? Sources { get; init; }

    /// <summary>
    /// The validations of the certificate's names that are going on; the relay takes them at its start, and disposes of them.
    /// </summary>
    public PendingValidations Validations { get; init; } = new();

    /// <summary>
    /// Connections at a time; <see cref="Limits.ConnectionLimit.Derive"/> says how many the machine can hold. More are refused.
    /// </summary>
    public int MaxConnections { get; init; } = 1024;

    public RelayLimits Limits { get; init; } = new();

    /// <summary>Who performs the outer TLS handshake.</summary>
    public TlsHandshake Handshake { get; init; }

    /// <summary>
    /// As nginx since 1.23.2: the session of a resumed TLS 1.3 connection ends when the first of its chain would have, and its tickets say
    /// so.
    /// </summary>
    public bool AgesSessions { get; init; }

    /// <summary>Whether the first record to the client of a relayed connection is padded: see <see cref="Relaying.FirstFlight"/>.</summary>
    public bool PadsFirstFlight { get; init; }

    /// <summary>Event loops, each with its own thread; by default one per processor.</summary>
    public int Loops { get; init; } = Environment.ProcessorCount;
}

/// <summary>Who performs the outer TLS handshake.</summary>
public enum TlsHandshake
{
    /// <summary>The relay answers the common TLS 1.3 hello itself where that is faster (OpenSSL 3.0); libssl answers every other.</summary>
    Auto,

    /// <summary>libssl performs every handshake.</summary>
    Libssl,
}
