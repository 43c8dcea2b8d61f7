using System.Diagnostics;

namespace Heliograph.Testing;

/// <summary>Waits for what no event reports: counters of other processes, and the absence of any further change.</summary>
public static class Polling
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static async Task UntilAsync(Func<Task<bool>> holds, TimeSpan bound, string otherwise)
    {
        var stopwatch = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(stopwatch.Elapsed < bound, otherwise);
            await Task.Delay(Interval, Bound.Token);
        }
    }

    public static Task UntilAsync(Func<bool> holds, TimeSpan bound, string otherwise) =>
        UntilAsync(() => Task.FromResult(holds()), bound, otherwise);

    /// <summary>Waits until a growing figure has not grown for a while, because its source is blocked.</summary>
    public static async Task<long> UntilStillAsync(Func<long> figure)
    {
        var last = figure();
        for (var still = 0; still < 20;)
        {
            await Task.Delay(Interval, Bound.Token);
            var now = figure();
            still = now == last ? still + 1 : 0;
            last = now;
        }
        return last;
    }
}
