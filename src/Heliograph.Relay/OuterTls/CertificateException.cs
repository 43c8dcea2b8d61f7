namespace Heliograph.Relay.OuterTls;

/// <summary>A certificate cannot be used. The message is one sentence for the operator.</summary>
public sealed class CertificateException : Exception
{
    public CertificateException(string message) : base(message)
    {
    }

    public CertificateException(string message, Exception inner) : base(message, inner)
    {
    }
}
