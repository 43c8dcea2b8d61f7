namespace Heliograph.Relay;

/// <summary>The relay cannot start. The message is one sentence for the operator.</summary>
public sealed class RelayStartException : Exception
{
    public RelayStartException(string message) : base(message)
    {
    }

    public RelayStartException(string message, Exception inner) : base(message, inner)
    {
    }
}
