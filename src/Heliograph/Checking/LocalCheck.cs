using System.Net;
using Heliograph.Access;
using Heliograph.Configuration;
using Heliograph.Control;
using Heliograph.HostLists;
using Heliograph.Machine;
using Heliograph.Platform;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Checking;

/// <summary><c>heliograph check</c> without a host: this machine first, then the proxy configured on it, as clients reach it.</summary>
internal static class LocalCheck
{
    /// <summary>A server has few names, and each costs some handshakes.</summary>
    private const int MostDomains = 8;

    /// <summary>Hosts that are requested through a name that must not lead to them.</summary>
    private const int MostOfWebSite = 2;

    /// <param name="settings">The server's configuration.</param>
    /// <param name="options">For all of its domains.</param>
    /// <param name="choosesRoutes">Whether the options choose the hosts; otherwise the settings do.</param>
    /// <param name="progress">For the person who waits.</param>
    /// <param name="timeProvider">The time.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<CheckResult> RunAsync(
        Settings settings,
        CheckOptions options,
        bool choosesRoutes,
        IProgress<CheckProgress>? progress,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        var machine = new List<CheckStep>();
        var running = await ListeningCommand.AskAsync(settings.StateDirectory, timeProvider, cancellationToken);
        foreach (var check in Checks(settings, running, timeProvider))
        {
            progress?.Report(new($"checking this machine: {check.Name}", Done: false));
            var started = timeProvider.GetTimestamp();
            var finding = await check.RunAsync(cancellationToken);
            machine.Add(CreateStep(finding) with { TookMs = CheckClock.Rounded(timeProvider.GetElapsedTime(started)) });
            progress?.Report(new($"{finding.Name}: {finding.Seen}", Done: true));
        }
        var reports = new List<CheckReport>();
        foreach (var domain in ToCheck(settings))
        {
            var one = AnnounceTo(settings, For(domain, settings, options, choosesRoutes, isFirst: reports.Count == 0), timeProvider);
            reports.Add(await ProxyCheck.RunAsync(one, progress, timeProvider, cancellationToken));
        }
        var (verdict, summary) = Conclude(machine, reports);
        return new CheckResult { Verdict = verdict, Summary = summary, Machine = machine, Proxies = reports };
    }

    /// <summary>The options for a proxy of this machine: its server is told which connections are the check's.</summary>
    public static CheckOptions AnnounceTo(Settings settings, CheckOptions options, TimeProvider timeProvider) => options with
    {
        Announce = (flight, cancellationToken) =>
            OwnConnections.AnnounceAsync(settings.StateDirectory, flight, options.Opens, timeProvider, cancellationToken),
    };

    /// <summary>A fault of the machine explains what is seen from outside, so its remedy comes first.</summary>
    internal static (CheckVerdict, string) Conclude(IReadOnlyList<CheckStep> machine, IReadOnlyList<CheckReport> reports)
    {
        var remedy = machine
            .Where(static step => step.Severity >= Severity.Warning)
            .OrderByDescending(static step => step.Severity)
            .Select(static step => step.Remedy)
            .FirstOrDefault(static remedy => remedy is not null);
        var isBroken = machine.Any(static step => step.Severity == Severity.Failure);
        if (reports.FirstOrDefault(static report => !report.Works) is { } broken)
        {
            return isBroken && remedy is not null && broken.Verdict == CheckVerdict.ProxyBroken
                ? (broken.Verdict, $"The proxy does not work, and the cause is on this machine: {remedy}.")
                : (broken.Verdict, Summarize(broken, reports));
        }
        var warned = reports.FirstOrDefault(static report => report.Verdict == CheckVerdict.WorksWithWarnings);
        if (remedy is not null && (isBroken || warned is null))
            return (
                CheckVerdict.WorksWithWarnings,
                (reports.Count > 0 ? "It works" : "Nothing could be checked from outside") +
                $", but this machine needs attention: {remedy}.");
        if (warned is not null)
            return (CheckVerdict.WorksWithWarnings, Summarize(warned, reports));
        return (CheckVerdict.Works, reports[0].Summary);
    }

    /// <summary>With unlisted names, the wildcard first: it is what Signal's clients come by.</summary>
    private static IEnumerable<string> ToCheck(Settings settings) => settings.Domains
        .OrderByDescending(domain => settings.Access.IsUnlisted && domain == settings.Wildcard)
        .Take(MostDomains);

    private static IEnumerable<MachineCheck> Checks(Settings settings, IReadOnlyList<IPEndPoint>? running, TimeProvider timeProvider) =>
        MachineChecks
            .For(settings, offline: false, running, timeProvider)
            .Concat(OfUpstream(settings, timeProvider))
            .Append(
                new MachineCheck(
                    ServerCheck.Name, cancellationToken => ServerCheck.RunAsync(settings.StateDirectory, timeProvider, cancellationToken)));

    /// <summary>The proxy or the resolver is asked for the first of the hosts, as the server asks it for all.</summary>
    private static IEnumerable<MachineCheck> OfUpstream(Settings settings, TimeProvider timeProvider)
    {
        if (settings.Upstream is { Proxy: null, Resolver: null })
            return [];
        var host = RouteTable.Create(settings.Routes.Sets, settings.Routes.Hosts, zones: [], ReadList(settings)).Routes
            .OrderByDescending(static route => Conclusion.IsNeeded(route.Name))
            .Select(static route => route.Endpoint)
            .OfType<UpstreamEndpoint.Tcp>()
            .FirstOrDefault();
        if (host is null)
            return [];
        return settings.Upstream.Proxy is { } proxy
            ? [new(UpstreamProxyCheck.Name, stop => UpstreamProxyCheck.RunAsync(proxy, host, timeProvider, stop))]
            : [new(UpstreamResolverCheck.Name, stop => UpstreamResolverCheck.RunAsync(settings.Upstream, host.Host, timeProvider, stop))];
    }

    /// <summary>All names reach the same relay, so the hosts are requested only once.</summary>
    private static CheckOptions For(string domain, Settings settings, CheckOptions options, bool choosesRoutes, bool isFirst)
    {
        // Clients use port 443 only; if nothing here listens on it, something may forward to us, or this is a trial.
        var ports = settings.Listen.Select(static endpoint => endpoint.Port).Where(static port => port != 0);
        var port = ports.Contains(ProxyAddress.DefaultPort) ? ProxyAddress.DefaultPort : ports.FirstOrDefault(ProxyAddress.DefaultPort);
        var list = ReadList(settings);
        var routes = RouteTable.Create(settings.Routes.Sets, settings.Routes.Hosts, zones: [], list).Routes.ToList();
        var own = settings
            .Routes.Sets.SelectMany(list.GetCurrentNames)
            .Concat(settings.Routes.Hosts.Keys)
            .Distinct(StringComparer.Ordinal);
        var isWildcard = domain.StartsWith('*');
        // Nobody has this name, which must lead here all the same: a group's own would be told to every DNS server on the way.
        var name = isWildcard ? HostLabel.CreateName(domain) : domain;
        return options with
        {
            Proxy = new ProxyAddress(name, port),
            Resolve = isWildcard && options.Resolve.TryGetValue(domain, out var addresses)
                ? new Dictionary<string, IReadOnlyList<IPAddress>>(options.Resolve, StringComparer.Ordinal) { [name] = addresses }
                : options.Resolve,
            Opens = settings.Access.IsUnlisted && isWildcard,
            IsWebSite = settings.Access.IsUnlisted && !isWildcard,
            Routes = settings.Access.IsUnlisted && !isWildcard ? [.. own.Take(MostOfWebSite)]
                : !isFirst ? []
                : choosesRoutes ? options.Routes
                : [.. own],
            AsStranger = isFirst || (settings.Access.IsUnlisted && !isWildcard),
            HttpPort = settings.HttpListen.Count == 0 ? null : options.HttpPort,
            Upstream = settings.Upstream,
            Direct = routes,
        };
    }

    /// <summary>The list that the server uses; the program's own if this user may not read it.</summary>
    private static HostList ReadList(Settings settings)
    {
        try
        {
            return new ListStore(settings.StateDirectory, TimeProvider.System, NullLogger.Instance).Read();
        }
        catch (StorageException)
        {
            return HostList.BuiltIn;
        }
    }

    private static CheckStep CreateStep(Finding finding) => new()
    {
        Step = Steps.Machine,
        Subject = finding.Name,
        Outcome = finding.Severity switch { Severity.Ok => "good", Severity.Note => "note", Severity.Warning => "warning", _ => "failure" },
        Severity = finding.Severity,
        Seen = Untrusted.Line(finding.Seen, 300),
        Remedy = finding.Remedy is { Length: > 0 } remedy ? char.ToLowerInvariant(remedy[0]) + remedy[1..].TrimEnd('.') : null,
    };

    private static string Summarize(CheckReport report, IReadOnlyList<CheckReport> reports) =>
        reports.Count > 1 ? $"{report.Host}: {report.Summary}" : report.Summary;
}
