namespace Heliograph.Web;

/// <summary>A web server cannot be started. The message is one sentence for the operator: what, where, what to do.</summary>
public sealed class WebServerException : Exception
{
    public WebServerException(string message)
        : base(message)
    {
    }

    public WebServerException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
