using Heliograph.Checking;
using Microsoft.Extensions.Logging;

namespace Heliograph.Alerts;

/// <summary>What the checks came to.</summary>
/// <param name="At">When the last one ended.</param>
/// <param name="Problem">Of the last one; null: it was good.</param>
/// <param name="Failures">In a row.</param>
internal sealed record SelfCheckState(DateTimeOffset At, string? Problem, int Failures)
{
    /// <summary>One alone may be a hiccup of the network: nobody is woken for it.</summary>
    public bool IsFailing => Failures >= 2;
}

/// <summary>The proxy's check of itself, every so often.</summary>
internal sealed class SelfCheck : IAsyncDisposable
{
    /// <summary>Part of the interval by which it varies: proxies must not call on Signal in step.</summary>
    private const double Jitter = 0.1;

    /// <summary>Of the interval: the first check soon after the start, and the second one soon after a failure.</summary>
    private const double SoonPart = 0.1;
    private static readonly TimeSpan SoonAtLatest = TimeSpan.FromMinutes(5);

    private readonly Func<SelfCheckProbe?> find;
    private readonly TimeSpan interval;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Task checking;
    private volatile SelfCheckState? last;

    /// <param name="find">The probe for the configuration in use; null: there is nothing that a client could use.</param>
    /// <param name="interval">How often.</param>
    /// <param name="timeProvider">The time.</param>
    /// <param name="logger">For the operator.</param>
    public SelfCheck(Func<SelfCheckProbe?> find, TimeSpan interval, TimeProvider timeProvider, ILogger logger)
    {
        this.find = find;
        this.interval = interval;
        this.timeProvider = timeProvider;
        this.logger = logger;
        checking = Task.Run(CheckAsync);
    }

    /// <summary>Null: there was none as yet.</summary>
    public SelfCheckState? Last => last;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await checking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task CheckAsync()
    {
        var soon = interval * SoonPart < SoonAtLatest ? interval * SoonPart : SoonAtLatest;
        while (true)
        {
            var pause = last is null or { Failures: 1 } ? soon : interval;
            await Task.Delay(pause * (1 + (Jitter * ((2 * Random.Shared.NextDouble()) - 1))), timeProvider, stop.Token);
            if (find() is not { } probe)
            {
                last = null;
                continue;
            }
            var problem = await RunAsync(probe);
            var before = last;
            last = new(timeProvider.GetUtcNow(), problem, problem is null ? 0 : (before?.Failures ?? 0) + 1);
            if (problem is not null && problem != before?.Problem)
                HostLog.SelfCheckFailed(logger, problem);
            else if (problem is null && before is { Problem: not null })
                HostLog.SelfCheckWorks(logger);
        }
    }

    private async Task<string?> RunAsync(SelfCheckProbe probe)
    {
        try
        {
            return await probe(stop.Token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            HostLog.Fault(logger, exception);
            return "the check itself met a fault in the program; heliograph run --log-level debug tells more";
        }
    }
}
