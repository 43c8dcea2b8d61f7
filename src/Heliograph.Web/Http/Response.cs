using Heliograph.Web.Sites;

namespace Heliograph.Web.Http;

/// <summary>A part of a body: bytes in memory, or a range of the response's file.</summary>
internal readonly record struct BodyPart(ReadOnlyMemory<byte> Bytes, ByteRange FileRange);

/// <summary>An answer, independent of the HTTP version. Owns the file that it sends.</summary>
internal sealed class Response : IDisposable
{
    public required int Status { get; init; }

    public string? ContentType { get; init; }

    /// <summary>Null for no <c>Content-Length</c> (a 304).</summary>
    public long? ContentLength { get; init; }

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
        var page = NginxPages.For(status, head.WantsPaddedErrors);
        return new()
        {
            Status = status,
            ContentType = "text/html",
            ContentLength = page.Length,
            Location = location,
            Others = others ?? [],
            Body = [new(page, default)],
            TakesBody = takesBody,
        };
    }

    public static Response Text(string type, ReadOnlyMemory<byte> text, int status = NginxStatus.Ok) =>
        new() { Status = status, ContentType = type, ContentLength = text.Length, Body = [new(text, default)], TakesBody = true };

    public void Dispose() => File?.Dispose();
}
