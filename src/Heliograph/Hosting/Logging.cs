using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Heliograph.Hosting;

/// <summary>
/// Logs go to standard error, one line per message, with times in UTC. No message contains a client's address or an inner name; the code
/// that logs it ensures that.
/// </summary>
internal static class Logging
{
    public static ILoggerFactory Create(LogLevel level) => Create(new LogLevelSwitch(level));

    public static ILoggerFactory Create(LogLevelSwitch level) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(LogLevel.Trace)
        .AddFilter(level.Allows)
        // The framework's own messages below Warning do not help an operator, and may be about one connection.
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
