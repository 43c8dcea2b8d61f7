using System.Collections.Frozen;
using System.Net;
using Heliograph.Web.Http;
using Microsoft.Extensions.Logging;

namespace Heliograph.Web;

/// <summary>What a <see cref="TextServer"/> answers: 200, or 503 if the state that was asked about is not as it should be.</summary>
/// <param name="ContentType">The media type with its charset.</param>
/// <param name="Text">The body.</param>
/// <param name="IsUnavailable">503 Service Temporarily Unavailable.</param>
public sealed record TextAnswer(string ContentType, string Text, bool IsUnavailable = false);

/// <summary>Plain HTTP/1.1 for programs: GET and HEAD of a few paths, each answered with text generated on request.</summary>
public sealed class TextServer : IAsyncDisposable
{
    private readonly HttpServer server;

    private TextServer(HttpServer server) => this.server = server;

    /// <summary>The addresses it listens on, with the ports that the system picked.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints => server.Endpoints;

    /// <summary>Binds and starts serving.</summary>
    /// <param name="listen">Where to listen; port 0 picks a free port.</param>
    /// <param name="setting">The configuration key of the addresses, for error messages.</param>
    /// <param name="answer">The answer for a path such as <c>/metrics</c>; null for 404.</param>
    /// <param name="logger">Logs faults.</param>
    /// <exception cref="WebServerException">Listening on an address fails.</exception>
    public static async Task<TextServer> StartAsync(
        IReadOnlyList<IPEndPoint> listen, string setting, Func<string, ValueTask<TextAnswer?>> answer, ILogger logger) =>
        new(await HttpServer.StartAsync(listen, FrozenDictionary<IPEndPoint, int>.Empty, setting, new TextResponder(answer), logger));

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
