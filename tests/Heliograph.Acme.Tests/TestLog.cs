using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Heliograph.Acme.Tests;

/// <summary>Keeps every line at every level.</summary>
internal sealed class TestLog : ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = [];

    public string All => string.Join('\n', Lines.Select(line => $"{line.Level}: {line.Text}"));

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((logLevel, formatter(state, exception) + exception));
}
