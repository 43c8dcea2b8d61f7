using Heliograph.Cli;
using Heliograph.Configuration;
using Microsoft.Extensions.Logging;

namespace Heliograph.Hosting.Certificates;

/// <summary>Opens the source that the configuration names.</summary>
internal static class CertificateSources
{
    /// <exception cref="StartException">There is no certificate to start with.</exception>
    public static ICertificateSource Open(Settings settings, TimeProvider time, ILogger log) => settings.Certificate switch
    {
        { Source: CertificateOrigin.SelfSigned } => new SelfSignedSource(settings.Domains, time),
        { Source: CertificateOrigin.Files, Chain: { } chain, Key: { } key } => FileSource.Open(chain, key, time, log),
        _ => throw new StartException(
            "certificate.source: acme is not in this build; use files (--certificate-chain FILE --certificate-key FILE) or self-signed (--certificate-source self-signed)",
            ExitCode.BadUsage),
    };
}
