using System.Text.Json;
using Heliograph.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Tests.Hosting;

public sealed class JsonLogFormatterTests
{
    [Fact]
    public void Whatever_a_message_holds_it_stays_one_line_and_comes_back_as_it_was()
    {
        const string message = "two\nlines, \"quoted\" … and a \u0001";
        var written = Write(LogLevel.Error, message, new InvalidOperationException("a\nb"));
        Assert.Equal(1, written.Count(static letter => letter == '\n'));
        Assert.EndsWith("}\n", written, StringComparison.Ordinal);
        var json = JsonDocument.Parse(written).RootElement;
        Assert.Equal("self_check_failed", json.GetProperty("event").GetString());
        Assert.Equal(message, json.GetProperty("message").GetString());
        Assert.Contains("a\nb", json.GetProperty("exception").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LogLevel.Trace, "trace")]
    [InlineData(LogLevel.Debug, "debug")]
    [InlineData(LogLevel.Information, "info")]
    [InlineData(LogLevel.Warning, "warning")]
    [InlineData(LogLevel.Error, "error")]
    [InlineData(LogLevel.Critical, "error")]
    public void The_levels_are_the_words_of_the_configuration(LogLevel level, string word) =>
        Assert.Equal(word, JsonDocument.Parse(Write(level, "", null)).RootElement.GetProperty("level").GetString());

    private static string Write(LogLevel level, string message, Exception? exception)
    {
        using var text = new StringWriter();
        var entry = new LogEntry<string>(
            level, "Heliograph", new EventId(7, "SelfCheckFailed"), message, exception, static (state, _) => state);
        new JsonLogFormatter(TimeProvider.System).Write(entry, null, text);
        return text.ToString();
    }
}
