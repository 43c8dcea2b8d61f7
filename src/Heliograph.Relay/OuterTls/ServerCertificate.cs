namespace Heliograph.Relay.OuterTls;

/// <summary>A certificate chain with its private key, parsed and checked to fit together.</summary>
public sealed class ServerCertificate
{
    /// <summary>Reads PEM texts: the chain, leaf first, and the leaf's private key (ECDSA or RSA).</summary>
    /// <exception cref="CertificateException">One sentence for the operator: what is wrong and what to do.</exception>
    public static ServerCertificate FromPem(string chainPem, string keyPem) => throw new CertificateException("not built yet");
}

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
