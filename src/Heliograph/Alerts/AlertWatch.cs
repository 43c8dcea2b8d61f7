using Microsoft.Extensions.Logging;

namespace Heliograph.Alerts;

/// <summary>
/// Checks once a minute whether something is wrong, and reports it to the configured targets. Nothing here runs on the relay's loops.
/// </summary>
internal sealed class AlertWatch : IAsyncDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>Host names in one message; the rest are only counted.</summary>
    private const int MostNamed = 5;

    private readonly AlertSources sources;
    private readonly IReadOnlyList<AlertTarget> targets;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly AlertFile file;
    private readonly AlertBook book;
    private readonly UpstreamWatch upstreams = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;
    private bool wasFleetAway;

    /// <param name="sources">What is checked.</param>
    /// <param name="targets">Who is notified, besides the log.</param>
    /// <param name="stateDirectory">Where sent messages are recorded.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The operator's log.</param>
    public AlertWatch(
        AlertSources sources, IReadOnlyList<AlertTarget> targets, string stateDirectory, TimeProvider timeProvider, ILogger logger)
    {
        this.sources = sources;
        this.targets = targets;
        this.timeProvider = timeProvider;
        this.logger = logger;
        file = new AlertFile(stateDirectory, timeProvider, logger);
        book = file.Read();
        watching = Task.Run(WatchAsync);
    }

    public static AlertMessage Create(string proxy, AlertCause cause, AlertState state, string text, DateTimeOffset now) => new()
    {
        Text = $"{proxy}: {text}{(state == AlertState.WorksAgain ? " again" : "")}.",
        Cause = cause,
        State = state,
        Proxy = proxy,
        Time = now,
        Version = ProductVersion.Text,
    };

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (true)
        {
            try
            {
                await CheckAsync(timeProvider.GetUtcNow());
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                HostLog.Fault(logger, exception);
            }
            await Task.Delay(Every, timeProvider, stop.Token);
        }
    }

    private async Task CheckAsync(DateTimeOffset now)
    {
        book.Forget(now);
        var messages = Judge(now).ToList();
        if (messages.Count == 0)
            return;
        // Saved before they are sent: a hook that crashes the machine must not do so every minute.
        file.Write(book);
        foreach (var message in messages)
        {
            HostLog.Alert(logger, message.Logged ?? message.Text);
            foreach (var target in targets)
            {
                if (await target.SendAsync(message, stop.Token) is { } problem)
                    HostLog.AlertNotDelivered(logger, target.Name, problem);
            }
        }
    }

    private IEnumerable<AlertMessage> Judge(DateTimeOffset now)
    {
        var trouble = CertificateTrouble.Find(sources.Certificate(), now);
        if (book.Judge(AlertWords.ToWord(AlertCause.Certificate), trouble is not null, now) is { } certificate)
            yield return Message(AlertCause.Certificate, certificate, trouble ?? "the certificate is renewed", now);

        var check = sources.SelfCheck();
        if (book.Judge(AlertWords.ToWord(AlertCause.SelfCheck), check?.IsFailing, now) is { } selfCheck)
            yield return Message(
                AlertCause.SelfCheck,
                selfCheck,
                check!.IsFailing ? $"the self-check fails: {check.Problem}" : "the self-check succeeds",
                now);

        if (JudgeFleet(now) is { } fleet)
            yield return fleet;

        foreach (var group in JudgeGroups(now))
            yield return group;

        // Hosts that change in the same minute share one message: when the network is down, every host is.
        var statistics = sources.Relay();
        var proxy = statistics.Upstreams.FirstOrDefault(static upstream => upstream.IsProxy);
        foreach (var hosts in upstreams.Update(statistics, now)
            .Select(host => (host.Key, State: book.Judge($"{AlertWords.ToWord(AlertCause.Upstream)} {host.Key}", host.Value, now)))
            .Where(static host => host.State is not null)
            .GroupBy(host => (State: host.State!.Value, IsProxy: host.Key == proxy?.Endpoint), static host => host.Key)
            .ToList())
        {
            var text = hosts.Key switch
            {
                (AlertState.Failing, true) => $"{proxy!.Problem ?? "cannot be used"}, so that nothing is relayed (upstream.proxy)",
                (_, true) => "can be used (upstream.proxy)",
                (AlertState.Failing, false) => "cannot be reached from this proxy, so Signal apps that need it cannot connect",
                _ => "can be reached",
            };
            yield return Message(AlertCause.Upstream, hosts.Key.State, $"{Names([.. hosts.Order(StringComparer.Ordinal)])} {text}", now);
        }
    }

    /// <summary>Not of an etcd that is away for a moment, when it restarts.</summary>
    private AlertMessage? JudgeFleet(DateTimeOffset now)
    {
        if (sources.FleetProblem is not { } ask)
            return null;
        var problem = ask();
        var isAway = problem is not null;
        var isNew = isAway != wasFleetAway;
        wasFleetAway = isAway;
        return !(isAway && isNew) && book.Judge(AlertWords.ToWord(AlertCause.Fleet), isAway, now) is { } state
            ? Message(
                AlertCause.Fleet,
                state,
                isAway ? $"what the fleet shares cannot be reached: {problem!.TrimEnd('.')}" : "what the fleet shares can be reached",
                now)
            : null;
    }

    private IEnumerable<AlertMessage> JudgeGroups(DateTimeOffset now)
    {
        foreach (var group in sources.Groups())
        {
            if (book.Judge($"{AlertWords.ToWord(AlertCause.Probed)} {group.Name}", group.Probed, now) is not { } state)
                continue;
            var unnamed = Message(AlertCause.Probed, state, Text("a group", "; heliograph link list shows which"), now);
            yield return sources.NamesGroups()
                ? Message(AlertCause.Probed, state, Text(group.Name, ""), now) with { Logged = unnamed.Text }
                : unnamed;

            string Text(string name, string where) =>
                state == AlertState.Failing
                    ? $"the name of {name} is being probed{where}; heliograph link rotate makes another"
                    : $"the name of {name} is quiet";
        }
    }

    private AlertMessage Message(AlertCause cause, AlertState state, string text, DateTimeOffset now) =>
        Create(sources.Proxy(), cause, state, text, now);

    private static string Names(string[] hosts) =>
        string.Join(", ", hosts.Take(MostNamed)) + (hosts.Length > MostNamed ? $" and {hosts.Length - MostNamed} more" : "");
}
