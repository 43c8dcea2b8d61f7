using System.Net;
using Heliograph.Relay.Listening;
using Heliograph.Relay.Routing;

namespace Heliograph.Relay;

/// <summary>What a <see cref="RelayServer"/> is started with; all but where it listens and its loops can be changed while it runs.</summary>
public sealed record RelayOptions
{
    /// <summary>Where clients connect. Port 0 lets the system pick one.</summary>
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>Addresses of <see cref="Listen"/> that are not bound, as another process listens there already and lends its socket.</summary>
    public IReadOnlyDictionary<IPEndPoint, LentSocket> Lent { get; init; } = new Dictionary<IPEndPoint, LentSocket>();

    public required RouteTable Routes { get; init; }

    public required DecoyEndpoints Decoy { get; init; }

    /// <summary>Other web servers, which get the connections for their names before any TLS of ours.</summary>
    public PassthroughTable Passthrough { get; init; } = PassthroughTable.Empty;

    /// <summary>Whose connections begin with a PROXY protocol header, which is required of them and taken from nobody else.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Connections at a time; <see cref="Limits.ConnectionLimit.Derive"/> knows what the machine can hold. More are refused.</summary>
    public int MaxConnections { get; init; } = 1024;

    public RelayLimits Limits { get; init; } = new();

    /// <summary>Who performs the outer TLS handshake.</summary>
    public TlsHandshake Handshake { get; init; }

    /// <summary>Event loops, each with a thread of its own; one for each processor.</summary>
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
