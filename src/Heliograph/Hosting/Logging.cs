using Heliograph.Configuration;
using Heliograph.Hosting.Systemd;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Heliograph.Hosting;

/// <summary>
/// Logs go to standard error, one line per message, whatever is in it. No message contains a client's address or an inner name; the code
/// that logs it ensures that.
/// </summary>
internal static class Logging
{
    public static ILoggerFactory Create(LogLevel level) => Create(new LogLevelSwitch(level), LogFormat.Auto);

    public static ILoggerFactory Create(LogLevelSwitch level, LogFormat format) => LoggerFactory.Create(builder =>
    {
        builder
            .SetMinimumLevel(LogLevel.Trace)
            .AddFilter(level.Allows)
            // The framework's own messages below Warning do not help an operator, and may be about one connection.
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("System", LogLevel.Warning);
        AddFormat(builder, format);
        builder.Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    });

    private static void AddFormat(ILoggingBuilder builder, LogFormat format)
    {
        if (format == LogFormat.Json)
        {
            builder.Services.AddSingleton<ConsoleFormatter>(new JsonLogFormatter(TimeProvider.System));
            builder.AddConsole(static console => console.FormatterName = JsonLogFormatter.FormatterName);
        }
        else if (format == LogFormat.Journal || (format == LogFormat.Auto && JournalStream.IsStandardError))
        {
            // "<4>Heliograph[13] ...": sd-daemon(3). The journal has its own clock.
            builder.AddSystemdConsole();
        }
        else
        {
            builder.AddSimpleConsole(static console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
                console.ColorBehavior = Console.IsErrorRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
            });
        }
    }
}
