using System.Text;

namespace Heliograph.Web.Http;

/// <summary>Answers GET and HEAD with text; 405 to other methods, 404 if there is no text.</summary>
internal sealed class TextResponder(Func<string, ValueTask<TextAnswer?>> answer) : Responder(NginxProfile.Nginx126)
{
    public override Response Respond(RequestHead head) =>
        throw new NotSupportedException("Text is made when it is asked for: call RespondAsync.");

    public override async ValueTask<Response> RespondAsync(RequestHead head)
    {
        if (!head.IsGet && !head.IsHead)
            return Response.Page(head, NginxStatus.NotAllowed);
        if (await answer(head.Target.Path) is not { } text)
            return Response.Page(head, NginxStatus.NotFound);
        return Response.Text(
            text.ContentType, Encoding.UTF8.GetBytes(text.Text), text.IsUnavailable ? NginxStatus.ServiceUnavailable : NginxStatus.Ok);
    }
}
