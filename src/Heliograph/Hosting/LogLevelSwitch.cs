using Microsoft.Extensions.Logging;

namespace Heliograph.Hosting;

/// <summary>The minimum log level, which a reload may change.</summary>
internal sealed class LogLevelSwitch(LogLevel level)
{
    private volatile LogLevel level = level;

    public void Set(LogLevel newLevel) => level = newLevel;

    public bool Allows(LogLevel messageLevel) => messageLevel >= level;
}
