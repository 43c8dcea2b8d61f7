using Microsoft.Extensions.Logging;

namespace Heliograph.Platform;

/// <summary>Every log message of this library.</summary>
internal static partial class PlatformLog
{
    [LoggerMessage(40, LogLevel.Error, "{File} is damaged: {Damage}. It was moved to {Kept}; continuing without it.")]
    public static partial void FileSetAside(this ILogger logger, string file, string damage, string kept);

    [LoggerMessage(41, LogLevel.Error, "{File} is damaged: {Damage}. It cannot be moved aside ({Reason}); continuing without it.")]
    public static partial void FileNotSetAside(this ILogger logger, string file, string damage, string reason);
}
