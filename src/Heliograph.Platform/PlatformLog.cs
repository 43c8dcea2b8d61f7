using Microsoft.Extensions.Logging;

namespace Heliograph.Platform;

/// <summary>Everything that is ever logged here.</summary>
internal static partial class PlatformLog
{
    [LoggerMessage(40, LogLevel.Error, "{File} is damaged: {Damage}. It is kept as {Kept}, and work goes on without it.")]
    public static partial void FileSetAside(this ILogger logger, string file, string damage, string kept);

    [LoggerMessage(41, LogLevel.Error, "{File} is damaged: {Damage}. It cannot be moved aside ({Reason}); work goes on without it.")]
    public static partial void FileNotSetAside(this ILogger logger, string file, string damage, string reason);
}
