namespace Heliograph.Platform.Pem;

/// <summary>A PEM text cannot be used. The message is for the operator: what, where, what to do.</summary>
public sealed class PemException : Exception
{
    public PemException(string message) : base(message)
    {
    }

    public PemException(string message, Exception? inner) : base(message, inner)
    {
    }
}
