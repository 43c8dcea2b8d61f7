using Heliograph.Web.Gzip;

namespace Heliograph.Web.Http;

/// <summary>
/// The parts of a request that an answer depends on, in any version of HTTP. Text is Latin-1: one char for each byte
/// received. The rules are those of nginx (<c>ngx_http_request.c</c>).
/// </summary>
internal sealed class RequestHead(NginxProfile like)
{
    public const int Http09 = 9;
    public const int Http10 = 1000;
    public const int Http11 = 1001;
    public const int Http2 = 2000;

    private enum ConnectionType { Unsaid, Close, KeepAlive }

    private readonly Dictionary<string, string> fields = new(StringComparer.Ordinal);
    private ConnectionType connection;
    private bool hasHostField;
    private bool hasUserAgent;
    private bool isExplorer;
    private bool isOldExplorer;
    private bool isOpera;
    private bool isChrome;

    /// <summary>The nginx whose rules they are.</summary>
    public NginxProfile Like => like;

    public int Version { get; set; } = Http10;

    public string Method { get; set; } = "GET";

    /// <summary>The target as it was sent, without scheme and host (nginx's <c>$request_uri</c>).</summary>
    public string RawTarget { get; set; } = "/";

    /// <summary>The target, normalized; see <see cref="RequestTarget"/>.</summary>
    public RequestTarget Target { get; set; } = RequestTarget.Root;

    /// <summary>The host asked for: lower case, no port, no trailing dot. Null if none was named.</summary>
    public string? Host { get; set; }

    /// <summary>-1 if the client did not give one.</summary>
    public long ContentLength { get; private set; } = -1;

    public bool IsChunked { get; private set; }

    public bool HasBody => IsChunked || ContentLength > 0;

    public bool IsGet => Method == "GET";

    public bool IsHead => Method == "HEAD";

    public bool IsPost => Method == "POST";

    public bool KeepsAlive => connection switch
    {
        ConnectionType.Close => false,
        ConnectionType.KeepAlive => true,
        _ => Version > Http10,
    };

    /// <summary>nginx never keeps a connection on which Internet Explorer 4 to 6 has sent a POST (its keepalive_disable).</summary>
    public bool IsPostOfOldExplorer => IsPost && isOldExplorer;

    public bool ExpectsContinue =>
        Version is >= Http11 and < Http2
        && this["expect"] is { } expect
        && expect.Equals("100-continue", StringComparison.OrdinalIgnoreCase);

    /// <summary>gzip_http_version and gzip_proxied as they are by default: HTTP/1.1 and later, and no proxy in between.</summary>
    public bool TakesGzip =>
        Zlib.IsInstalled
        && Version >= Http11
        && this["via"] is null
        && this["accept-encoding"] is { } accepted
        && AcceptEncoding.TakesGzip(accepted);

    /// <summary>nginx pads its error pages for Internet Explorer and Chrome.</summary>
    public bool WantsPaddedErrors => Version >= Http10 && (isExplorer || isChrome);

    /// <summary>The value of a field that an answer can depend on, by its lower-case name.</summary>
    public string? this[string name] => fields.GetValueOrDefault(name);

    /// <summary>Adds a header field; the name is in lower case. False if nginx answers it with 400.</summary>
    public bool TryAdd(string name, string value)
    {
        switch (name)
        {
            case "host":
                if (hasHostField || !HostName.TryNormalize(value, out var host))
                    return false;
                hasHostField = true;
                // The host of an absolute target takes precedence over the field (RFC 9112, 3.2.2).
                Host ??= host;
                return true;
            case "connection":
                if (value.Contains("close", StringComparison.OrdinalIgnoreCase))
                    connection = ConnectionType.Close;
                else if (value.Contains("keep-alive", StringComparison.OrdinalIgnoreCase))
                    connection = ConnectionType.KeepAlive;
                return true;
            case "if-modified-since" or "if-unmodified-since" or "if-match" or "if-none-match" or "content-length" or "content-range"
                or "if-range" or "transfer-encoding" or "expect" or "authorization":
                return fields.TryAdd(name, value);
            case "user-agent":
                ReadUserAgent(value);
                return true;
            case "range" or "accept-encoding" or "via":
                fields.TryAdd(name, value);
                return true;
            default:
                return true;
        }
    }

    /// <summary>Takes HTTP/2's <c>:authority</c>, which goes before a <c>Host</c> field. False: nginx answers with 400.</summary>
    public bool TrySetAuthority(string value)
    {
        if (!HostName.TryNormalize(value, out var host))
            return false;
        (hasHostField, Host) = (true, host);
        return true;
    }

    /// <summary>nginx's checks once the head is complete. Returns 0, or the error status to answer with.</summary>
    public int Check(bool withTransferEncoding = true)
    {
        if (Version > Http10 && !hasHostField)
            return NginxStatus.BadRequest;
        if (this["content-length"] is { } length)
        {
            if (!TryParseLength(length, out var parsed))
                return NginxStatus.BadRequest;
            ContentLength = parsed;
        }
        if (withTransferEncoding && this["transfer-encoding"] is { } encoding)
        {
            if (Version < Http11)
                return NginxStatus.BadRequest;
            if (!encoding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
                return NginxStatus.NotImplemented;
            // Both together enable request smuggling (RFC 9112, 6.1).
            if (ContentLength >= 0)
                return NginxStatus.BadRequest;
            IsChunked = true;
        }
        return Method is "CONNECT" or "TRACE" ? NginxStatus.NotAllowed : 0;
    }

    // ngx_http_process_user_agent, with its fields.
    private void ReadUserAgent(string agent)
    {
        if (hasUserAgent && !like.ReadsEveryUserAgent)
            return;
        hasUserAgent = true;
        isExplorer |= ExplorerVersion(agent) is not null;
        isOldExplorer |= IsOldExplorer(agent);
        if (agent.Contains("Opera", StringComparison.Ordinal))
        {
            isOpera = true;
            isExplorer = isOldExplorer = false;
        }
        if (isExplorer || isOpera)
            return;
        isChrome |= !agent.Contains("Gecko/", StringComparison.Ordinal) && agent.Contains("Chrome/", StringComparison.Ordinal);
    }

    private static bool IsOldExplorer(string agent) => ExplorerVersion(agent) switch
    {
        ['4' or '5', '.', ..] => true,
        // Windows XP's second service pack mended it.
        ['6', '.', ..] => !agent.AsSpan(agent.IndexOf("MSIE 6.", StringComparison.Ordinal)).Contains("SV1", StringComparison.Ordinal),
        _ => false,
    };

    private static string? ExplorerVersion(string agent)
    {
        var at = agent.IndexOf("MSIE ", StringComparison.Ordinal);
        return at >= 0 && at + 7 < agent.Length ? agent[(at + 5)..] : null;
    }

    private static bool TryParseLength(string text, out long length)
    {
        length = 0;
        if (text.Length == 0)
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c) || length > (long.MaxValue - (c - '0')) / 10)
                return false;
            length = (length * 10) + (c - '0');
        }
        return true;
    }
}
