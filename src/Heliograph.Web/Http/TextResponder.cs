using System.Text;

namespace Heliograph.Web.Http;

/// <summary>Answers GET and HEAD with text; 405 to other methods, 404 if there is no text.</summary>
internal sealed class TextResponder(Func<TextRequest, ValueTask<TextAnswer?>> answer) : Responder(NginxProfile.Nginx126)
{
    /// <summary>The text is of this moment, and what its type says.</summary>
    private static readonly KeyValuePair<string, string>[] Always =
        [new("Cache-Control", "no-store"), new("X-Content-Type-Options", "nosniff")];

    // RFC 9110, 15.5.6: a 405 names the methods that are allowed.
    private static readonly KeyValuePair<string, string>[] Allowed = [new("Allow", "GET, HEAD")];

    public override async ValueTask<Response> RespondAsync(RequestHead head)
    {
        if (!head.IsGet && !head.IsHead)
            return Response.Page(head, NginxStatus.NotAllowed, others: [.. Allowed, .. Always]);
        if (await answer(new(head.Target.Path, head.Host)) is not { } text)
            return Response.Page(head, NginxStatus.NotFound, others: Always);
        return Response.Text(text.ContentType, Encoding.UTF8.GetBytes(text.Text), Status(text.Refusal), [.. Always, .. text.Fields]);
    }

    private static int Status(TextRefusal? refusal) => refusal switch
    {
        null => NginxStatus.Ok,
        TextRefusal.Misdirected => NginxStatus.Misdirected,
        _ => NginxStatus.ServiceUnavailable,
    };
}
