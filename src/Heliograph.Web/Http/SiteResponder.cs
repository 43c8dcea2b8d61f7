using System.Globalization;
using System.Text;
using Heliograph.Web.Gzip;
using Heliograph.Web.Sites;

namespace Heliograph.Web.Http;

/// <summary>Serves a site's files like nginx's index, static, not-modified and range modules together.</summary>
internal sealed class SiteResponder(Site site, NginxProfile like) : Responder(like)
{
    // gzip_min_length
    private const int ShortestCompressed = 20;

    private readonly CompressedPages compressed = new();

    // nginx also numbers these across the whole process; all that matters is that clients see the same form.
    private static long Boundaries;

    public override async ValueTask<Response> RespondAsync(RequestHead head)
    {
        if (head.ContentLength > LargestBody)
            return Response.Page(head, NginxStatus.RequestEntityTooLarge);
        if (!head.IsGet && !head.IsHead && !head.IsPost)
            return Response.Page(head, NginxStatus.NotAllowed);
        var path = head.Target.Path;
        if (path.EndsWith('/'))
        {
            var index = await site.FindAsync(path + "index.html");
            if (index.Kind != SiteEntryKind.NotFound)
                return await RespondAsync(head, path + "index.html", index);
            var directory = await site.FindAsync(path);
            directory.File?.Dispose();
            return Response.Page(
                head, directory.Kind is SiteEntryKind.Directory or SiteEntryKind.Forbidden ? NginxStatus.Forbidden : NginxStatus.NotFound);
        }
        return await RespondAsync(head, path, await site.FindAsync(path));
    }

    private async ValueTask<Response> RespondAsync(RequestHead head, string path, SiteEntry entry)
    {
        switch (entry.Kind)
        {
            case SiteEntryKind.NotFound:
                return Response.Page(head, NginxStatus.NotFound);
            case SiteEntryKind.Forbidden:
                return Response.Page(head, NginxStatus.Forbidden);
            case SiteEntryKind.Failed:
                return Response.Page(head, NginxStatus.InternalServerError);
            case SiteEntryKind.Directory:
                return Response.Page(head, NginxStatus.MovedPermanently, location: WithSlash(head, path));
        }
        var file = entry.File!;
        var response = head.IsPost ? Response.Page(head, NginxStatus.NotAllowed) : await RespondWithAsync(head, path, file);
        if (response.File is null)
            file.Dispose();
        return response;
    }

    private async ValueTask<Response> RespondWithAsync(RequestHead head, string path, SiteFile file)
    {
        if (head["if-unmodified-since"] is { } unmodified && !(HttpDate.Parse(unmodified) >= file.LastModified)
            || head["if-match"] is { } match && !EntityTags.Matches(match, file.EntityTag, weakly: false))
        {
            return Response.Page(head, NginxStatus.PreconditionFailed, takesBody: true);
        }
        if (IsNotModified(head, file))
            return new()
            {
                Status = NginxStatus.NotModified,
                LastModified = file.LastModified,
                Others = [new("ETag", file.EntityTag)],
                TakesBody = true,
            };
        // What is compressed on its way has no ranges.
        var type = TypeOf(path);
        if (type == Response.Html && head.TakesGzip && file.Length >= ShortestCompressed
            && await compressed.FindAsync(path, file) is { } stream)
        {
            return Response.Compressed(file, type, stream);
        }
        var outcome = RangeApplies(head, file)
            ? ByteRanges.Parse(head["range"], file.Length, out var ranges)
            : ByteRanges.Parse(null, 0, out ranges);
        return outcome switch
        {
            ByteRanges.Outcome.NotSatisfiable => Response.Page(
                head, NginxStatus.RangeNotSatisfiable, others: [new("Content-Range", $"bytes */{file.Length}")], takesBody: true),
            ByteRanges.Outcome.Ranges when ranges.Count == 1 => OneRange(file, type, ranges[0]),
            ByteRanges.Outcome.Ranges => ManyRanges(file, type, ranges),
            _ => new()
            {
                Status = NginxStatus.Ok,
                ContentType = type,
                ContentLength = file.Length,
                LastModified = file.LastModified,
                Others = [new("ETag", file.EntityTag), new("Accept-Ranges", "bytes")],
                Body = [new(default, new(0, file.Length))],
                File = file,
                TakesBody = true,
            },
        };
    }

    private string TypeOf(string path) => MimeTypes.ForPath(path, Like);

    private static bool IsNotModified(RequestHead head, SiteFile file)
    {
        var since = head["if-modified-since"];
        var noneMatch = head["if-none-match"];
        if (since is null && noneMatch is null)
            return false;
        // if_modified_since exact, nginx's default: any other date counts as modified.
        if (since is not null && HttpDate.Parse(since) != file.LastModified)
            return false;
        return noneMatch is null || EntityTags.Matches(noneMatch, file.EntityTag, weakly: true);
    }

    private static bool RangeApplies(RequestHead head, SiteFile file)
    {
        if (head["if-range"] is not { } condition)
            return true;
        return condition.Length >= 2 && condition.EndsWith('"')
            ? condition == file.EntityTag
            : HttpDate.Parse(condition) == file.LastModified;
    }

    private static Response OneRange(SiteFile file, string type, ByteRange range) => new()
    {
        Status = NginxStatus.PartialContent,
        ContentType = type,
        ContentLength = range.Length,
        LastModified = file.LastModified,
        Others = [new("ETag", file.EntityTag), new("Content-Range", $"bytes {range.Start}-{range.End - 1}/{file.Length}")],
        Body = [new(default, range)],
        File = file,
        TakesBody = true,
    };

    private static Response ManyRanges(SiteFile file, string type, List<ByteRange> ranges)
    {
        var boundary = Interlocked.Increment(ref Boundaries).ToString("D20", CultureInfo.InvariantCulture);
        var body = new List<BodyPart>(ranges.Count + 1);
        long length = 0;
        foreach (var range in ranges)
        {
            var head = Encoding.ASCII.GetBytes(
                $"\r\n--{boundary}\r\nContent-Type: {type}\r\nContent-Range: bytes " +
                $"{range.Start}-{range.End - 1}/{file.Length}\r\n\r\n");
            body.Add(new(head, range));
            length += head.Length + range.Length;
        }
        var end = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");
        body.Add(new(end, default));
        return new()
        {
            Status = NginxStatus.PartialContent,
            ContentType = "multipart/byteranges; boundary=" + boundary,
            ContentLength = length + end.Length,
            LastModified = file.LastModified,
            Others = [new("ETag", file.EntityTag)],
            Body = body,
            File = file,
            TakesBody = true,
        };
    }

    // If the client names no host, nginx writes its own address; here it is unknown, and the path alone is also valid (RFC 9110, 10.2.2).
    private static string WithSlash(RequestHead head, string path)
    {
        var target = Escape(path) + (head.Target.Query.Length == 0 ? "/" : "/?" + head.Target.Query);
        return head.Host is null ? target : "https://" + head.Host + target;
    }

    // NGX_ESCAPE_URI
    private static string Escape(string path)
    {
        var escaped = new StringBuilder(path.Length);
        foreach (var c in path)
        {
            if (c is <= ' ' or '#' or '%' or '?' or >= '\x7f')
                escaped.Append('%').Append(((int)c).ToString("X2", CultureInfo.InvariantCulture));
            else
                escaped.Append(c);
        }
        return escaped.ToString();
    }
}
