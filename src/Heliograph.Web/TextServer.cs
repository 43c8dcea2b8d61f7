using System.Collections.Frozen;
using System.Net;
using Heliograph.Web.Http;
using Microsoft.Extensions.Logging;

namespace Heliograph.Web;

/// <summary>What a <see cref="TextServer"/> is asked for.</summary>
/// <param name="Path">The path, such as <c>/metrics</c>.</param>
/// <param name="Host">The host that the client believes this is: lower case, no port; null if it names none.</param>
public sealed record TextRequest(string Path, string? Host);

/// <summary>What a <see cref="TextServer"/> answers.</summary>
/// <param name="ContentType">The media type with its charset.</param>
/// <param name="Text">The body.</param>
public sealed record TextAnswer(string ContentType, string Text)
{
    /// <summary>Null: 200 OK.</summary>
    public TextRefusal? Refusal { get; init; }

    /// <summary>More header fields.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];
}

/// <summary>Why a <see cref="TextAnswer"/> is not what was asked for.</summary>
public enum TextRefusal
{
    /// <summary>The state that was asked about is not as it should be: 503 Service Temporarily Unavailable.</summary>
    Unavailable,

    /// <summary>The server goes by another host name: 421 Misdirected Request (RFC 9110, 15.5.20).</summary>
    Misdirected,
}

/// <summary>Plain HTTP/1.1 for the operator and for programs: GET and HEAD of a few paths, each a text made when it is asked for.</summary>
public sealed class TextServer : IAsyncDisposable
{
    private readonly HttpServer server;

    private TextServer(HttpServer server) => this.server = server;

    /// <summary>The addresses it listens on, with the ports that the system picked.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints => server.Endpoints;

    /// <summary>Binds and starts serving.</summary>
    /// <param name="listen">Where to listen; port 0 picks a free port.</param>
    /// <param name="setting">The configuration key of the addresses, for error messages.</param>
    /// <param name="answer">The answer to a request; null for 404.</param>
    /// <param name="logger">Logs faults.</param>
    /// <exception cref="WebServerException">Listening on an address fails.</exception>
    public static async Task<TextServer> StartAsync(
        IReadOnlyList<IPEndPoint> listen, string setting, Func<TextRequest, ValueTask<TextAnswer?>> answer, ILogger logger) =>
        new(await HttpServer.StartAsync(listen, FrozenDictionary<IPEndPoint, int>.Empty, setting, new TextResponder(answer), logger));

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
