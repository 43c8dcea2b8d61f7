namespace Heliograph.Soak.Load;

/// <summary>A byte arrived that nobody had sent.</summary>
internal sealed class WrongByteException : Exception;
