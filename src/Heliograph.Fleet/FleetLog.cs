using Microsoft.Extensions.Logging;

namespace Heliograph.Fleet;

/// <summary>Every log message of this library. None has a name, a key or anything that was sealed.</summary>
internal static partial class FleetLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Reason} What this machine has goes on being used; nothing new is shared until etcd answers.")]
    public static partial void Away(this ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Information, "etcd answers again.")]
    public static partial void Back(this ILogger logger);

    [LoggerMessage(3, LogLevel.Error, "Something in the fleet's store is not used: {Problem}.")]
    public static partial void NotOpened(this ILogger logger, string problem);

    [LoggerMessage(4, LogLevel.Information, "The fleet's store had lost or forgotten a document; this machine has put its own copy there.")]
    public static partial void Refilled(this ILogger logger);

    [LoggerMessage(5, LogLevel.Warning, "A document could not be put back into the fleet's store: {Reason}")]
    public static partial void NotRefilled(this ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Error, "{Reason} Without this copy the document is missing here if this machine starts while etcd is away.")]
    public static partial void NotCopied(this ILogger logger, string reason);

    [LoggerMessage(7, LogLevel.Warning, "A challenge of another machine of the fleet cannot be served here: {Reason}")]
    public static partial void NotServed(this ILogger logger, string reason);

    [LoggerMessage(8, LogLevel.Warning, "This machine is not seen by the others of the fleet: {Reason}")]
    public static partial void NotReported(this ILogger logger, string reason);
}
