using Heliograph.Relay.Listening;

namespace Heliograph.Relay.ProxyProtocol;

/// <summary>Both ends of a connection as the client sees it, whatever is in between.</summary>
internal sealed class ConnectionAddresses
{
    public required SourceEndpoint Source { get; init; }

    public required SourceEndpoint Destination { get; init; }
}
