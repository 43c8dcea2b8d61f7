using Heliograph.Web.Sites;

namespace Heliograph.Web.Http;

/// <summary>A part of a body: bytes in memory, or a range of the response's file.</summary>
internal readonly record struct BodyPart(ReadOnlyMemory<byte> Bytes, ByteRange FileRange);

/// <summary>An answer, independent of the HTTP version. Owns the file that it sends.</summary>
internal sealed class Response : IDisposable
{
    /// <summary>The type of nginx's own pages, and the one that it compresses unless told otherwise (gzip_types).</summary>
    public const string Html = "text/html";

    private static readonly KeyValuePair<string, string> GzipField = new("Content-Encoding", "gzip");

    public required int Status { get; init; }

    public string? ContentType { get; init; }

    /// <summary>Null for no <c>Content-Length</c> (a 304, or a body that is compressed).</summary>
    public long? ContentLength { get; init; }

    /// <summary>The body is a gzip stream: its length is known, but nginx does not say it, and sends each of its parts by itself.</summary>
    public bool IsGzip { get; init; }

    /// <summary>What the body is long.</summary>
    public long BodyLength => Body.Sum(part => part.Bytes.Length + part.FileRange.Length);

    public DateTimeOffset? LastModified { get; init; }

    public string? Location { get; init; }

    /// <summary>The fields that nginx writes after its fixed ones, in order, by their HTTP/1 names.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Others { get; init; } = [];

    public IReadOnlyList<BodyPart> Body { get; init; } = [];

    public SiteFile? File { get; init; }

    /// <summary>Before it sends this answer, nginx reads the request's body, and so sends 100 Continue if asked to.</summary>
    public bool TakesBody { get; init; }

    /// <summary>After these, nginx closes the connection even if the client wants to keep it.</summary>
    public bool Closes => Status is NginxStatus.BadRequest or NginxStatus.RequestEntityTooLarge or NginxStatus.UriTooLarge
        or NginxStatus.PlainHttpToHttps or NginxStatus.InternalServerError or NginxStatus.NotImplemented;

    /// <summary>nginx finds that a condition fails only while it writes the head, and then drops the connection after the page.</summary>
    public bool Drops => Status == NginxStatus.PreconditionFailed;

    /// <summary>One of nginx's own pages.</summary>
    public static Response Page(
        RequestHead head,
        int status,
        string? location = null,
        IReadOnlyList<KeyValuePair<string, string>>? others = null,
        bool takesBody = false)
    {
        var page = NginxPages.For(head.Like.Server, status, head.WantsPaddedErrors);
        // The only errors that nginx's gzip module looks at.
        var isGzip = status is NginxStatus.Forbidden or NginxStatus.NotFound && head.TakesGzip;
        return new()
        {
            Status = status,
            ContentType = Html,
            ContentLength = isGzip ? null : page.Text.Length,
            Location = location,
            Others = [.. others ?? [], .. isGzip ? [GzipField] : (IEnumerable<KeyValuePair<string, string>>)[]],
            Body = isGzip ? Parts(page.Stream) : [new(page.Text, default)],
            IsGzip = isGzip,
            TakesBody = takesBody,
        };
    }

    /// <summary>A page of a site as the gzip stream of it.</summary>
    public static Response Compressed(SiteFile file, string type, IReadOnlyList<ReadOnlyMemory<byte>> stream) => new()
    {
        Status = NginxStatus.Ok,
        ContentType = type,
        LastModified = file.LastModified,
        // Two streams of one page need not be the same bytes, so nginx weakens the tag.
        Others = [new("ETag", "W/" + file.EntityTag), GzipField],
        Body = Parts(stream),
        IsGzip = true,
        TakesBody = true,
    };

    public static Response Text(
        string type,
        ReadOnlyMemory<byte> text,
        int status = NginxStatus.Ok,
        IReadOnlyList<KeyValuePair<string, string>>? others = null) => new()
        {
            Status = status,
            ContentType = type,
            ContentLength = text.Length,
            Others = others ?? [],
            Body = [new(text, default)],
            TakesBody = true,
        };

    public void Dispose() => File?.Dispose();

    private static List<BodyPart> Parts(IReadOnlyList<ReadOnlyMemory<byte>> pieces) =>
        [.. pieces.Select(piece => new BodyPart(piece, default))];
}
