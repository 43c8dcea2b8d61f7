using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Heliograph.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Heliograph.Hosting;

/// <summary>
/// One JSON object for each message, on one line. Its members are a contract with log collectors: docs/operating/monitoring.md has them.
/// </summary>
internal sealed class JsonLogFormatter(TimeProvider timeProvider) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "heliograph-json";

    /// <summary>Readable: no browser shows it, so only what JSON itself demands is escaped.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", timeProvider.GetUtcNow().UtcDateTime);
            json.WriteString("level", Level(logEntry.LogLevel));
            json.WriteString("source", logEntry.Category);
            // The number is unique within a library only; the name is that of the method, and the libraries differ in it.
            json.WriteString("event", JsonNamingPolicy.SnakeCaseLower.ConvertName(logEntry.EventId.Name ?? "other"));
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            if (logEntry.Exception is { } exception)
                json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
        }
        textWriter.Write(Encoding.UTF8.GetString(buffer.WrittenSpan) + '\n');
    }

    /// <summary>The words of <c>log.level</c>.</summary>
    private static string Level(LogLevel level) => Words.Find(Words.LogLevels, level) ?? "error";
}
