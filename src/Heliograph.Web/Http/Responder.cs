namespace Heliograph.Web.Http;

/// <summary>Answers the well-formed requests of one socket.</summary>
internal abstract class Responder(NginxProfile like)
{
    /// <summary>nginx's <c>client_max_body_size</c>.</summary>
    public const long LargestBody = 1 << 20;

    /// <summary>The nginx that it behaves like.</summary>
    public NginxProfile Like => like;

    /// <summary>True where nginx would proxy the request: it reads the whole body before it answers.</summary>
    public virtual bool WaitsForBody => false;

    /// <summary>True if the connection closes after every answer (plain HTTP on the TLS port).</summary>
    public virtual bool ClosesAlways => false;

    /// <summary>At once, unless the answer has to be fetched from elsewhere.</summary>
    public abstract ValueTask<Response> RespondAsync(RequestHead head);
}

/// <summary>Answers every request with one of nginx's pages.</summary>
internal sealed class PageResponder(NginxProfile like, int status, bool waitsForBody, bool closesAlways) : Responder(like)
{
    public override bool WaitsForBody => waitsForBody;

    public override bool ClosesAlways => closesAlways;

    public override ValueTask<Response> RespondAsync(RequestHead head) =>
        new(Response.Page(head, waitsForBody && head.ContentLength > LargestBody ? NginxStatus.RequestEntityTooLarge : status));
}
