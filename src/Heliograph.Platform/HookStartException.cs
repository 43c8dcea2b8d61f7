namespace Heliograph.Platform;

/// <summary>A hook program cannot be started. The message says why, and what to do.</summary>
public sealed class HookStartException : Exception
{
    public HookStartException(string message, Exception inner) : base(message, inner)
    {
    }
}
