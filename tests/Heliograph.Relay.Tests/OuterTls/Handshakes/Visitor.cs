using System.Net;
using Heliograph.Testing.Tls13;

namespace Heliograph.Relay.Tests.OuterTls.Handshakes;

/// <summary>A client that makes one or more connections to a server.</summary>
internal sealed class Visitor(IPEndPoint server, CancellationToken cancellationToken) : IDisposable
{
    private readonly List<RawHandshake> connections = [];

    /// <summary>What the server sent in each.</summary>
    public string Story => string.Join("\nand then\n", connections.Select(static connection => connection.Story));

    public async Task<RawHandshake> ConnectAsync()
    {
        connections.Add(await RawHandshake.ConnectAsync(server, cancellationToken));
        return connections[^1];
    }

    public void Dispose()
    {
        foreach (var connection in connections)
            connection.Dispose();
    }
}
