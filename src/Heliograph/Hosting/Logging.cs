using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Heliograph.Hosting;

/// <summary>
/// Logs go to standard error, a line each, in UTC. What they may hold is decided where they are written: no client's address, no inner
/// name.
/// </summary>
internal static class Logging
{
    public static ILoggerFactory Create(LogLevel level) => Create(new LogLevelSwitch(level));

    public static ILoggerFactory Create(LogLevelSwitch level) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(LogLevel.Trace)
        .AddFilter(level.Lets)
        // What the framework's own parts say below Warning helps no operator, and may be about one connection.
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddFilter("System", LogLevel.Warning)
        .AddSimpleConsole(static console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
            console.ColorBehavior = Console.IsErrorRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
        })
        .Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace));
}
