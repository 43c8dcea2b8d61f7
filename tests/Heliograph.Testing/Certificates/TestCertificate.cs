using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Testing.Certificates;

/// <summary>A leaf with its chain and its private key, as PEM texts.</summary>
public sealed record TestCertificate(string ChainPem, string KeyPem)
{
    /// <summary>For an SslStream.</summary>
    public X509Certificate2 Load() => X509Certificate2.CreateFromPem(ChainPem, KeyPem);

    /// <summary>Identifies this leaf.</summary>
    public string Thumbprint()
    {
        using var leaf = X509Certificate2.CreateFromPem(ChainPem);
        return leaf.Thumbprint;
    }

    /// <summary>Writes or replaces <c>chain.pem</c> and <c>key.pem</c>, each in one step.</summary>
    public (string Chain, string Key) WriteTo(TempDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        Replace(directory["key.pem"], KeyPem);
        Replace(directory["chain.pem"], ChainPem);
        return (directory["chain.pem"], directory["key.pem"]);
    }

    private static void Replace(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
