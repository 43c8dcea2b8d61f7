using Heliograph.Configuration;
using Heliograph.Machine;
using Heliograph.Platform;
using Heliograph.Relay;
using Heliograph.Relay.Upstream;
using Heliograph.Web;
using Microsoft.Extensions.Logging;

namespace Heliograph.Hosting;

/// <summary>The decoy web site that the settings ask for.</summary>
internal static class DecoySetup
{
    /// <param name="settings">The settings.</param>
    /// <param name="like">The nginx that it behaves like.</param>
    /// <param name="shared">The seed of this machine's fleet; null: it has one of its own.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Logs a seed that is damaged.</param>
    public static DecoyOptions Options(
        Settings settings, NginxProfile like, DecoySeed? shared, TimeProvider timeProvider, ILogger logger) => new()
        {
            Seed = settings.Decoy.SeedFile is { } file ? DecoySeed.Load(file)
                : shared ?? DecoySeed.LoadOrCreate(
                    new PrivateDirectory(Path.GetFullPath(settings.StateDirectory), timeProvider, logger), timeProvider),
            Directory = settings.Decoy.Directory,
            Like = like,
            Language = settings.Decoy.Language == DecoySettings.Auto ? MachineLanguage.Find() : settings.Decoy.Language,
        };

    /// <summary>Where the relay takes visitors: to the site in this process, or to the operator's web server.</summary>
    public static DecoyEndpoints Endpoints(DecoySettings settings, DecoySite site) => new()
    {
        Http1 = settings.Upstream ?? new UpstreamEndpoint.InProcess("the web site", site.ServeHttp1),
        Http2 = settings.Upstream is null ? new UpstreamEndpoint.InProcess("the web site (HTTP/2)", site.ServeHttp2) : settings.UpstreamH2,
        PlainHttp = new UpstreamEndpoint.InProcess("the page for plain HTTP", site.ServePlainHttp),
        Http1Unavailable = new UpstreamEndpoint.InProcess("the error page", site.ServeHttp1Unavailable),
        Http2Unavailable = new UpstreamEndpoint.InProcess("the error page (HTTP/2)", site.ServeHttp2Unavailable),
    };
}
