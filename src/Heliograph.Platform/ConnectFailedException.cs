namespace Heliograph.Platform;

/// <summary>No address of a host accepted a connection. The message says how each address family failed.</summary>
public sealed class ConnectFailedException : IOException
{
    public ConnectFailedException(string host, bool isResolved, string message, Exception? inner) : base(message, inner)
    {
        Host = host;
        IsResolved = isResolved;
    }

    /// <summary>The host that was dialled: an HTTP proxy, if one is in use.</summary>
    public string Host { get; }

    /// <summary>False if no address of it was found.</summary>
    public bool IsResolved { get; }
}
