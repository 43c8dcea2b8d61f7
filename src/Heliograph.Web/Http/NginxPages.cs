using System.Collections.Concurrent;
using System.Text;
using Heliograph.Web.Gzip;

namespace Heliograph.Web.Http;

/// <summary>nginx's own pages, byte for byte.</summary>
internal static class NginxPages
{
    private static readonly ConcurrentDictionary<(string Server, int Status, bool IsPadded), Page> Pages = new();

    // nginx pads error pages to more than 512 bytes because Internet Explorer and Chrome replaced shorter ones with their own
    // (msie_padding, on by default).
    private static readonly string Padding = string.Concat(
        Enumerable.Repeat("<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n", 6));

    /// <summary>The page for an unsuccessful status; <paramref name="padded"/> for the browsers that nginx pads for.</summary>
    public static Page For(string server, int status, bool padded) =>
        Pages.GetOrAdd(
            (server, status, padded && status >= NginxStatus.BadRequest),
            static page => new(Encoding.ASCII.GetBytes(Text(page.Server, page.Status) + (page.IsPadded ? Padding : ""))));

    private static string Text(string server, int status)
    {
        var line = NginxStatus.Line(status);
        var explanation = status switch
        {
            NginxStatus.RequestHeaderTooLarge => "Request Header Or Cookie Too Large",
            NginxStatus.PlainHttpToHttps => "The plain HTTP request was sent to HTTPS port",
            _ => null,
        };
        var title = explanation is null ? line : "400 " + explanation;
        var detail = explanation is null ? "" : $"<center>{explanation}</center>\r\n";
        return $"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{line}</h1></center>\r\n{detail}"
            + $"<hr><center>{server}</center>\r\n</body>\r\n</html>\r\n";
    }

    /// <summary>A page, and the gzip stream of it once somebody takes one.</summary>
    internal sealed class Page(byte[] text)
    {
        private readonly Lazy<IReadOnlyList<ReadOnlyMemory<byte>>> stream = new(() => Zlib.Compress(text));

        public ReadOnlyMemory<byte> Text => text;

        public IReadOnlyList<ReadOnlyMemory<byte>> Stream => stream.Value;
    }
}
