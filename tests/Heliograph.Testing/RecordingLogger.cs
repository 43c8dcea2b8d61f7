using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Heliograph.Testing;

/// <summary>Keeps every line at every level.</summary>
public sealed class RecordingLogger : ILogger
{
    private readonly ConcurrentQueue<string> lines = new();

    /// <summary>Each line with its level: "Warning: the text".</summary>
    public IReadOnlyList<string> Lines => [.. lines];

    public string All => string.Join('\n', lines);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        lines.Enqueue($"{logLevel}: {formatter(state, exception)}{exception}");
    }
}
