namespace Heliograph.Platform;

/// <summary>A hook program cannot be started. The message is the system's reason, such as "No such file or directory".</summary>
public sealed class HookStartException : Exception
{
    public HookStartException(string message, Exception inner) : base(message, inner)
    {
    }
}
