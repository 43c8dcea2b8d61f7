using System.Net;
using Heliograph.Testing.Tls12;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Servers;

/// <summary>What a server sent in one or more connections of a conversation.</summary>
internal sealed class Story(CancellationToken cancellationToken) : IDisposable
{
    private readonly List<Func<string>> parts = [];
    private readonly List<IDisposable> connections = [];

    public CancellationToken CancellationToken => cancellationToken;

    public string Text => string.Join("\nand then\n", parts.Select(static part => part()));

    public async Task<RawTls12> ConnectTls12Async(IPEndPoint server)
    {
        var client = await RawTls12.ConnectAsync(server, cancellationToken);
        Add(client, () => client.Story);
        return client;
    }

    /// <param name="server">The server.</param>
    /// <param name="hidden">Bytes that are random: they are left out of what is told.</param>
    public async Task<RawHandshake> ConnectTls13Async(IPEndPoint server, byte[]? hidden = null)
    {
        var client = await RawHandshake.ConnectAsync(server, cancellationToken);
        Add(client, () => hidden is null
            ? client.Story
            : client.Story.Replace(Convert.ToHexString(hidden), "as offered", StringComparison.Ordinal));
        return client;
    }

    /// <summary>Tells what another kind of client has to tell, and disposes of it at the end.</summary>
    public void Add(IDisposable connection, Func<string> part)
    {
        connections.Add(connection);
        parts.Add(part);
    }

    public void Tell(string part) => parts.Add(() => part);

    public void Dispose() => connections.ForEach(static connection => connection.Dispose());
}
