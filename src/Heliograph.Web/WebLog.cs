using Microsoft.Extensions.Logging;

namespace Heliograph.Web;

/// <summary>Every log message of this library. None says anything about a visitor or a request.</summary>
internal static partial class WebLog
{
    [LoggerMessage(4001, LogLevel.Error,
        "An HTTP request failed because of a bug in Heliograph; its connection was closed, and the others continue.")]
    public static partial void RequestFault(this ILogger logger, Exception exception);
}
