using Heliograph.Acme.Challenges;
using Heliograph.Configuration;
using Heliograph.Membership;
using Microsoft.Extensions.Logging;

namespace Heliograph.Certificates;

/// <summary>Opens the source that the configuration names.</summary>
internal static class CertificateSources
{
    /// <exception cref="StartException">There is no certificate to start with.</exception>
    public static async Task<ICertificateSource> OpenAsync(
        Settings settings, ChallengePorts ports, FleetService? fleet, TimeProvider timeProvider, ILogger logger) =>
        settings.Certificate switch
        {
            { Source: CertificateOrigin.SelfSigned } => new SelfSignedSource(settings.Domains, timeProvider),
            // A configuration without one of the two files is rejected.
            { Source: CertificateOrigin.Files, Chain: { } chain, Key: { } key } =>
                await FileSource.OpenAsync(chain, key, timeProvider, logger),
            _ => OpenAcme(settings, ports, fleet, timeProvider, logger),
        };

    private static AcmeSource OpenAcme(
        Settings settings, ChallengePorts ports, FleetService? fleet, TimeProvider timeProvider, ILogger logger)
    {
        var store = fleet?.StoreFor(settings.Acme.Domains);
        var responders = Responders(settings, ports) with { Others = store is null ? null : fleet!.OthersFor(store) };
        return AcmeSource.Open(settings.Acme, responders, timeProvider, logger, store);
    }

    /// <summary>Without a listener for plain HTTP, http-01 is not used.</summary>
    private static ChallengeResponders Responders(Settings settings, ChallengePorts ports) =>
        new() { TlsAlpn = ports, Http = settings.HttpListen.Count > 0 ? ports : null };
}
