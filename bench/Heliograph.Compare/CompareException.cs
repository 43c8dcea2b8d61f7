namespace Heliograph.Compare;

/// <summary>
/// The comparison could not run, or its results cannot be trusted; the message is one sentence for the person at the terminal.
/// </summary>
internal sealed class CompareException(string message) : Exception(message);
