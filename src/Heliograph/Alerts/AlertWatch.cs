using Microsoft.Extensions.Logging;

namespace Heliograph.Alerts;

/// <summary>Looks once a minute whether something is wrong, and tells those who want to know. Nothing here runs on a loop of the relay.</summary>
internal sealed class AlertWatch : IAsyncDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>Names of hosts in one message; the rest is counted.</summary>
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

    /// <param name="sources">What is looked at.</param>
    /// <param name="targets">Who is told, beside the log.</param>
    /// <param name="stateDirectory">Where it is kept what was told.</param>
    /// <param name="timeProvider">The time.</param>
    /// <param name="logger">For the operator.</param>
    public AlertWatch(AlertSources sources, IReadOnlyList<AlertTarget> targets, string stateDirectory, TimeProvider timeProvider, ILogger logger)
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
                await LookAsync(timeProvider.GetUtcNow());
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                HostLog.Fault(logger, exception);
            }
            await Task.Delay(Every, timeProvider, stop.Token);
        }
    }

    private async Task LookAsync(DateTimeOffset now)
    {
        book.Forget(now);
        var messages = Judge(now).ToList();
        if (messages.Count == 0)
            return;
        // Before they are sent: a hook that crashes the machine must not do so every minute.
        file.Write(book);
        foreach (var message in messages)
        {
            HostLog.Alert(logger, message.Text);
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
            yield return Message(AlertCause.SelfCheck, selfCheck, check!.IsFailing ? $"the proxy's check of itself fails: {check.Problem}" : "the proxy's check of itself succeeds", now);

        // What began or ended in the same minute is one message: where the network is down, every host is.
        foreach (var hosts in upstreams.Look(sources.Relay(), now)
            .Select(host => (host.Key, State: book.Judge($"{AlertWords.ToWord(AlertCause.Upstream)} {host.Key}", host.Value, now)))
            .Where(static host => host.State is not null)
            .GroupBy(static host => host.State!.Value, static host => host.Key)
            .ToList())
        {
            var text = hosts.Key == AlertState.Failing ? "cannot be reached from here, so Signal's clients that need it get no further" : "can be reached";
            yield return Message(AlertCause.Upstream, hosts.Key, $"{Names([.. hosts.Order(StringComparer.Ordinal)])} {text}", now);
        }
    }

    private AlertMessage Message(AlertCause cause, AlertState state, string text, DateTimeOffset now) => Create(sources.Proxy(), cause, state, text, now);

    private static string Names(string[] hosts) =>
        string.Join(", ", hosts.Take(MostNamed)) + (hosts.Length > MostNamed ? $" and {hosts.Length - MostNamed} more" : "");
}
