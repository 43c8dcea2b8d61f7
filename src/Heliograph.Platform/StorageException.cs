namespace Heliograph.Platform;

/// <summary>A file or a directory cannot be used. The message is for the operator: what, where, what to do.</summary>
public sealed class StorageException : Exception
{
    public StorageException(string message, Exception inner) : base(message, inner)
    {
    }
}
