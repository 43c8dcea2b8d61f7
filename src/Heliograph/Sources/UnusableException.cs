namespace Heliograph.Sources;

/// <summary>A list or a database cannot be used, for a reason that the operator can mend.</summary>
/// <param name="message">Why, and what to do, without its name.</param>
internal sealed class UnusableException(string message) : Exception(message);
