using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Heliograph.Demo;

/// <summary>How the demo's clients check certificates: chain and name as in real use, with one root.</summary>
internal static class Trust
{
    public static SslClientAuthenticationOptions Only(X509Certificate2 root, string name) => new()
    {
        TargetHost = name,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { root },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
    };
}
