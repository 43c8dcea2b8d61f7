using Heliograph.Checking;
using Microsoft.Extensions.Logging;

namespace Heliograph.Alerts;

/// <summary>The result of the self-checks so far.</summary>
/// <param name="At">When the last one ended.</param>
/// <param name="Problem">The problem that the last one found; null: none.</param>
/// <param name="Failures">Failures in a row.</param>
internal sealed record SelfCheckState(DateTimeOffset At, string? Problem, int Failures)
{
    /// <summary>A single failure may be a network hiccup: nobody is woken for it.</summary>
    public bool IsFailing => Failures >= 2;
}

/// <summary>The proxy's regular check of itself.</summary>
internal sealed class SelfCheck : IAsyncDisposable
{
    /// <summary>The part of the interval by which it varies: proxies must not contact Signal in step.</summary>
    private const double Jitter = 0.1;

    /// <summary>The part of the interval before the first check, and before the check that follows a first failure.</summary>
    private const double SoonPart = 0.1;
    private static readonly TimeSpan SoonAtLatest = TimeSpan.FromMinutes(5);

    private readonly Func<SelfCheckProbe?> createProbe;
    private readonly TimeSpan interval;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Task checking;
    private volatile SelfCheckState? last;

    /// <param name="createProbe">Creates the probe for the current configuration; null: no client could use this proxy.</param>
    /// <param name="interval">The time between two checks.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The operator's log.</param>
    public SelfCheck(Func<SelfCheckProbe?> createProbe, TimeSpan interval, TimeProvider timeProvider, ILogger logger)
    {
        this.createProbe = createProbe;
        this.interval = interval;
        this.timeProvider = timeProvider;
        this.logger = logger;
        checking = Task.Run(CheckAsync);
    }

    /// <summary>Null: none has run yet.</summary>
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
            if (createProbe() is not { } probe)
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
            return "the self-check stopped with an unexpected error; heliograph run --log-level debug logs the details";
        }
    }
}
