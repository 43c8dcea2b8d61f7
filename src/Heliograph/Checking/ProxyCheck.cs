using System.Net;
using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Checking;

/// <summary>
/// Checks any proxy: goes through it as a Signal client would, and visits it as a stranger.
/// Everything that comes back is untrusted, bounded and timed.
/// </summary>
internal static class ProxyCheck
{
    /// <summary>Concurrent tunnels: few enough not to burden a proxy on a small machine.</summary>
    private const int MostAtOnce = 4;

    /// <summary>Hosts that are dialled directly when they fail through the proxy.</summary>
    private const int MostDirect = 3;

    /// <param name="options">What to check.</param>
    /// <param name="progress">Receives each step as it is done, for the person who waits.</param>
    /// <param name="timeProvider">The time.</param>
    /// <param name="cancellationToken">Ends it early, with an exception; its time limits are in the options.</param>
    public static async Task<CheckReport> RunAsync(
        CheckOptions options, IProgress<CheckProgress>? progress, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var clock = new CheckClock(timeProvider, options.StepTimeout, options.Deadline, cancellationToken);
        var dialled = options.DialAt ?? options.Proxy;
        progress?.Report(new($"looking up {dialled.Host}", Done: false));
        var lookup = await AddressLookup.RunAsync(options with { Proxy = dialled }, clock);
        progress?.Report(new($"connecting to {dialled}", Done: false));
        var store = options.LooksForEtcd ? StoreProbe.RunAsync(lookup.Addresses, clock) : null;
        var endpoints = await Task.WhenAll(
            lookup.Addresses.Select(address => ProxyEndpoint.ProbeAsync(new IPEndPoint(address, dialled.Port), options, clock)));
        var steps = new List<CheckStep>([.. lookup.Steps, .. EndpointSteps.FromEndpoints(endpoints, options.Proxy)]);
        foreach (var step in steps)
            progress?.Report(new($"{step.Step} {step.Subject}: {step.Seen}", Done: true));
        var usable = endpoints.FirstOrDefault(static endpoint => endpoint.IsGood)
            ?? endpoints.FirstOrDefault(static endpoint => endpoint.IsOpen);
        if (usable is not null)
            steps.AddRange(await ThroughAsync(usable.Endpoint, options, progress, clock));
        else if (await OwnNetwork.CheckAsync(options, lookup, endpoints, clock) is { } network)
            steps.Add(network);
        if (store is not null)
            steps.AddRange(await store);
        var (verdict, summary) = Conclusion.FromSteps(steps, options.IsWebSite);
        return new CheckReport
        {
            Host = options.Proxy.Host,
            Port = options.Proxy.Port,
            Verdict = verdict,
            Summary = summary,
            TookMs = CheckClock.Rounded(clock.Elapsed),
            Steps = steps,
        };
    }

    /// <summary>Everything that goes through one address of the proxy.</summary>
    private static async Task<IReadOnlyList<CheckStep>> ThroughAsync(
        IPEndPoint proxy, CheckOptions options, IProgress<CheckProgress>? progress, CheckClock clock)
    {
        progress?.Report(new("asking for Signal's hosts", Done: false));
        var visiting = options.AsStranger ? StrangersView.VisitAsync(proxy, options, clock) : null;
        var exchanging = options.AsStranger ? KeyExchangeProbe.RunAsync(proxy, options, clock) : null;
        var plain = options is { AsStranger: true, HttpPort: { } port }
            ? StrangersView.PlainHttpAsync(proxy.Address, port, options, clock)
            : null;
        var denying = options.AsStranger ? InnerProbe.AskAsync(proxy, StrangersView.DeniedName, options, clock) : null;
        var answers = await AskAllAsync(proxy, options, progress, clock);
        // The answer to a denied name shows what the failure of another name means.
        if (denying is null && answers.Any(static answer => answer is { Trouble: not null, IsOuter: false }))
            denying = InnerProbe.AskAsync(proxy, StrangersView.DeniedName, options, clock);
        var denied = denying is null ? null : await denying;
        var steps = RouteSteps.FromAnswers(answers, denied, options.SignalRoots is not null);
        if (options.IsWebSite)
            steps = RouteSteps.ForWebSite(steps);
        steps.AddRange(await DialDirectlyAsync(steps, options, clock));
        if (exchanging is not null)
            steps.Add(await exchanging);
        if (options.AsStranger && denied is not null && visiting is not null)
        {
            var (visit, page) = await visiting;
            steps.Add(StrangersView.FromDenied(denied));
            steps.Add(visit);
            if (StrangersView.Compare(denied, page) is { } compared)
                steps.Add(compared);
        }
        if (plain is not null)
            steps.Add(await plain);
        return steps;
    }

    private static async Task<InnerAnswer[]> AskAllAsync(
        IPEndPoint proxy, CheckOptions options, IProgress<CheckProgress>? progress, CheckClock clock)
    {
        var answers = new InnerAnswer[options.Routes.Count];
        var bound = new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = clock.Cancellation };
        await Parallel.ForEachAsync(options.Routes.Index(), bound, async (route, _) =>
        {
            var answer = await InnerProbe.AskAsync(proxy, route.Item, options, clock);
            answers[route.Index] = answer;
            progress?.Report(new($"{route.Item}: {answer.Trouble?.Seen ?? "answers"}", Done: true));
        });
        return answers;
    }

    private static async Task<CheckStep[]> DialDirectlyAsync(List<CheckStep> routes, CheckOptions options, CheckClock clock) =>
        await Task.WhenAll(
            routes
                .Where(static step => step.Severity != Severity.Ok)
                .Select(step => options.Direct.FirstOrDefault(route => route.Name == step.Subject))
                .OfType<Route>()
                .Where(static route => route.Endpoint is UpstreamEndpoint.Tcp)
                .OrderByDescending(static route => Conclusion.IsNeeded(route.Name))
                .Take(MostDirect)
                .Select(route => DirectDial.RunAsync(route, options, clock)));
}
