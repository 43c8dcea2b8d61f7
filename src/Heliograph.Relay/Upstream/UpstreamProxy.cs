namespace Heliograph.Relay.Upstream;

/// <summary>How an upstream proxy is spoken to.</summary>
public enum UpstreamProxyProtocol
{
    /// <summary>SOCKS5 (RFC 1928), with a user and a password (RFC 1929) where there are any.</summary>
    Socks5,

    /// <summary>HTTP's CONNECT (RFC 9110 section 9.3.6), with Basic credentials (RFC 7617) where there are any.</summary>
    HttpConnect,
}

/// <summary>A proxy through which the routes' hosts are reached. It gets their names and resolves them.</summary>
/// <param name="Protocol">How it is spoken to.</param>
/// <param name="Endpoint">Where it is.</param>
public sealed record UpstreamProxy(UpstreamProxyProtocol Protocol, UpstreamEndpoint.Tcp Endpoint)
{
    /// <summary>The most bytes of a user's name, and of a password (RFC 1929 section 2).</summary>
    public const int LongestCredential = 255;

    /// <summary>Null: it asks for none.</summary>
    public string? User { get; init; }

    /// <summary>Goes with <see cref="User"/>.</summary>
    public string? Password { get; init; }

    /// <summary>Opens a tunnel. What is read from the stream afterwards is the host's.</summary>
    /// <param name="stream">A connection to the proxy.</param>
    /// <param name="host">Where the tunnel leads.</param>
    /// <param name="cancellationToken">Ends it; the caller bounds the time.</param>
    /// <returns>Why there is no tunnel; null: there is one.</returns>
    public async Task<ProxyFault?> OpenAsync(Stream stream, UpstreamEndpoint.Tcp host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var conversation = Begin(host);
        while (!conversation.IsOver)
        {
            if (await ExchangeAsync(stream, conversation, cancellationToken) is > 0 and var count)
                conversation.Received(count);
            else
                conversation.Closed();
        }
        return conversation.Fault;
    }

    /// <summary>Without the password, so that it can be shown.</summary>
    public override string ToString() => $"{(Protocol == UpstreamProxyProtocol.Socks5 ? "socks5" : "http")}://{Endpoint}";

    internal ProxyConversation Begin(UpstreamEndpoint.Tcp host) =>
        Protocol == UpstreamProxyProtocol.Socks5 ? new Socks5Conversation(this, host) : new ConnectConversation(this, host);

    private static async Task<int> ExchangeAsync(Stream stream, ProxyConversation conversation, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(conversation.Output, cancellationToken);
            conversation.Sent(conversation.Output.Length);
            return await stream.ReadAsync(conversation.Room, cancellationToken);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
