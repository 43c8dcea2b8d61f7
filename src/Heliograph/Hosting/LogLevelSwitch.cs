using Microsoft.Extensions.Logging;

namespace Heliograph.Hosting;

/// <summary>How much is logged, which a reload may change.</summary>
internal sealed class LogLevelSwitch(LogLevel level)
{
    private volatile LogLevel level = level;

    public void Set(LogLevel to) => level = to;

    public bool Lets(LogLevel line) => line >= level;
}
