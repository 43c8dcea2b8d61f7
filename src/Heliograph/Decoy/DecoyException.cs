namespace Heliograph.Decoy;

/// <summary>Something an operator can put right; the message is one sentence for a person.</summary>
internal sealed class DecoyException : Exception
{
    public DecoyException(string message)
        : base(message)
    {
    }

    public DecoyException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
