using System.Text;

namespace Heliograph.Web.Http;

/// <summary>Fields in nginx's order (<c>ngx_http_header_filter</c>).</summary>
internal static class ResponseHeadWriter
{
    /// <summary>The fields of an answer; HTTP/2 has no <c>Connection</c>, and no chunks.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Fields(
        Response response, string server, DateTimeOffset now, bool? keepsAlive = null, bool isChunked = false)
    {
        yield return new("Server", server);
        yield return new("Date", HttpDate.Format(now));
        if (response.ContentType is not null)
            yield return new("Content-Type", response.ContentType);
        if (response.ContentLength is { } length)
            yield return new("Content-Length", length.ToString());
        if (response.LastModified is { } modified)
            yield return new("Last-Modified", HttpDate.Format(modified));
        if (response.Location is not null)
            yield return new("Location", response.Location);
        if (isChunked)
            yield return new("Transfer-Encoding", "chunked");
        if (keepsAlive is { } keep)
            yield return new("Connection", keep ? "keep-alive" : "close");
        foreach (var other in response.Others)
            yield return other;
    }

    /// <summary>The head of an HTTP/1 answer, with the empty line.</summary>
    public static byte[] Write(Response response, string server, DateTimeOffset now, bool keepsAlive, bool isChunked)
    {
        var head = new StringBuilder(256).Append("HTTP/1.1 ").Append(NginxStatus.Line(response.Status)).Append("\r\n");
        foreach (var (name, value) in Fields(response, server, now, keepsAlive, isChunked))
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }
}
