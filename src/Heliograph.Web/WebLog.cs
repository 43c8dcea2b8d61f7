using Microsoft.Extensions.Logging;

namespace Heliograph.Web;

/// <summary>Everything that is ever logged here. Nothing in it is about a visitor or a request.</summary>
internal static partial class WebLog
{
    [LoggerMessage(4001, LogLevel.Error,
        "A request over HTTP could not be answered because of a fault in Heliograph; the connection was closed, and the others go on.")]
    public static partial void RequestFault(this ILogger logger, Exception exception);
}
