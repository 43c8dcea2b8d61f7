using Heliograph.Acme.Challenges;
using Heliograph.Configuration;
using Microsoft.Extensions.Logging;

namespace Heliograph.Certificates;

/// <summary>Opens the source that the configuration names.</summary>
internal static class CertificateSources
{
    /// <exception cref="StartException">There is no certificate to start with.</exception>
    public static async Task<ICertificateSource> OpenAsync(
        Settings settings, ChallengePorts ports, TimeProvider timeProvider, ILogger logger) =>
        settings.Certificate switch
        {
            { Source: CertificateOrigin.SelfSigned } => new SelfSignedSource(settings.Domains, timeProvider),
            // A configuration without one of the two files is rejected.
            { Source: CertificateOrigin.Files, Chain: { } chain, Key: { } key } =>
                await FileSource.OpenAsync(chain, key, timeProvider, logger),
            _ => AcmeSource.Open(settings.Acme, Responders(settings, ports), timeProvider, logger),
        };

    /// <summary>Without a listener for plain HTTP, http-01 is not used.</summary>
    private static ChallengeResponders Responders(Settings settings, ChallengePorts ports) =>
        new() { TlsAlpn = ports, Http = settings.HttpListen.Count > 0 ? ports : null };
}
