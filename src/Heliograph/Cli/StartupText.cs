using Heliograph.Cli.Link;
using Heliograph.Configuration;
using Heliograph.Hosting;
using Heliograph.Sharing;
using Spectre.Console;

namespace Heliograph.Cli;

/// <summary>What <c>run</c> prints at start: listeners, certificate, routes, decoy, and the link to share.</summary>
internal static class StartupText
{
    public static void Write(TextWriter output, Settings settings, ServerHost host)
    {
        var console = Terminal.Create(output);
        console.MarkupLineInterpolated($"[bold]Heliograph {ProductVersion.Text}[/]");
        Line(console, "listening on", string.Join(", ", host.Endpoints.Select(host.Describe)) + Http(host));
        Line(
            console,
            "certificate",
            $"{string.Join(", ", host.Certificate.Names)}, until {host.Certificate.NotAfter:yyyy-MM-dd}, {host.CertificateDescription}");
        Line(console, "tls", host.Cryptography);
        Line(console, "routes", Routes(settings, host));
        if (settings.Upstream.Proxy is { } proxy)
            Line(console, "upstream", $"by {proxy}, which resolves the hosts' names");
        if (settings.Upstream.Resolver is { } resolver)
            Line(console, "upstream", $"names by {Keys.UpstreamResolver.Mask(resolver)}");
        Line(console, "decoy", Decoy(settings.Decoy, host.Like.Name));
        Line(console, "state", settings.StateDirectory);
        if (host.MetricsEndpoints.Count > 0)
            Line(console, "metrics", string.Join(", ", host.MetricsEndpoints.Select(static endpoint => $"http://{endpoint}/metrics")));
        if (settings.Access.IsUnlisted)
            Line(console, "share link", "one for each group: heliograph link new GROUP, heliograph link list");
        foreach (var domain in settings.Access.IsUnlisted ? [] : settings.Domains)
            Line(console, "share link", new ShareLink(domain).Text);
        // Signal for Android always connects to port 443, whatever the link says.
        if (host.Endpoints.All(static endpoint => endpoint.Port != 443))
            Line(console, "note", LinkCommand.PortNote);
    }

    private static void Line(IAnsiConsole console, string label, string text) =>
        console.MarkupLineInterpolated($"  [dim]{label,-14}[/]{text}");

    private static string Http(ServerHost host) =>
        host.HttpEndpoints.Count == 0
            ? "; no plain HTTP"
            : $"; plain HTTP on {string.Join(", ", host.HttpEndpoints.Select(host.Describe))}";

    private static string Routes(Settings settings, ServerHost host)
    {
        var own = settings.Routes.Hosts.Count == 0 ? "" : $", {settings.Routes.Hosts.Count} of your own";
        var sets = settings.Routes.Sets.Count == 0 ? "none" : string.Join(", ", settings.Routes.Sets);
        return $"{host.Routes.Routes.Count()} hosts (sets: {sets}{own}; list {host.Routes.ListVersion})" +
            string.Concat(settings.OpenZones.Select(static zone => $", and others under {zone}"));
    }

    private static string Decoy(DecoySettings decoy, string like) => decoy switch
    {
        { Directory: { } directory } => $"the web site in {directory}, like {like}",
        { Upstream: { } upstream, UpstreamH2: { } h2 } => $"the web server at {upstream}, for HTTP/2 at {h2}",
        { Upstream: { } upstream } => $"the web server at {upstream}; h2 is not offered",
        _ => $"the built-in web site, like {like}",
    };
}
