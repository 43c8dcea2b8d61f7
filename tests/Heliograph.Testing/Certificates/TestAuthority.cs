using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Testing.Certificates;

/// <summary>The key of a throw-away certificate.</summary>
public enum TestKey
{
    /// <summary>ECDSA on P-256, certbot's choice.</summary>
    Ecdsa,

    /// <summary>RSA with 2048 bits.</summary>
    Rsa,
}

/// <summary>A throw-away certificate authority. Clients reject a self-signed leaf, so tests have an authority and leaves.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int issued;

    public TestAuthority(string name = "Heliograph test authority") =>
        Root = Request(name).CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(30));

    private TestAuthority(string name, TestAuthority above) =>
        Root = Request(name)
            .Create(
                above.Root.SubjectName,
                X509SignatureGenerator.CreateForECDsa(above.key),
                DateTimeOffset.UtcNow.AddHours(-1),
                DateTimeOffset.UtcNow.AddDays(30),
                [1]);

    public X509Certificate2 Root { get; }

    public string RootPem => Root.ExportCertificatePem() + "\n";

    /// <summary>A leaf for names and IP addresses.</summary>
    public TestCertificate Issue(TestKey kind, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return kind == TestKey.Rsa ? IssueRsa(names) : IssueEcdsa(names);
    }

    /// <summary>A leaf with a given validity.</summary>
    public TestCertificate IssueFor(DateTimeOffset from, DateTimeOffset to, params string[] names)
    {
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Sign(
            new CertificateRequest("CN=" + names[0], leafKey, HashAlgorithmName.SHA256),
            names,
            leafKey.ExportPkcs8PrivateKeyPem(),
            from,
            to);
    }

    /// <summary>A leaf signed by an intermediate of this authority; the chain is these two, without the root.</summary>
    public TestCertificate IssueThroughIntermediate(params string[] names)
    {
        using var intermediate = new TestAuthority("Heliograph test intermediate", this);
        return intermediate.Issue(TestKey.Ecdsa, names);
    }

    /// <summary>How a client checks certificates of this authority: chain and name, as a real one does.</summary>
    public X509ChainPolicy ChainPolicy() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { Root },
        RevocationMode = X509RevocationMode.NoCheck,
    };

    public void Dispose()
    {
        Root.Dispose();
        key.Dispose();
    }

    private CertificateRequest Request(string name)
    {
        var request = new CertificateRequest($"CN={name} {Guid.NewGuid():N}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    private TestCertificate IssueEcdsa(string[] names) =>
        IssueFor(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(20), names);

    private TestCertificate IssueRsa(string[] names)
    {
        using var leafKey = RSA.Create(2048);
        return Sign(
            new CertificateRequest("CN=" + names[0], leafKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            names,
            leafKey.ExportPkcs8PrivateKeyPem(),
            DateTimeOffset.UtcNow.AddHours(-1),
            DateTimeOffset.UtcNow.AddDays(20));
    }

    private TestCertificate Sign(CertificateRequest request, string[] names, string keyPem, DateTimeOffset from, DateTimeOffset to)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var serial = new byte[16];
        RandomNumberGenerator.Fill(serial);
        serial[0] = (byte)(Interlocked.Increment(ref issued) & 0x7f);
        using var leaf = request.Create(
            Root.SubjectName, X509SignatureGenerator.CreateForECDsa(key), from, to, serial);
        return new TestCertificate(leaf.ExportCertificatePem() + "\n" + RootPem, keyPem + "\n");
    }
}
