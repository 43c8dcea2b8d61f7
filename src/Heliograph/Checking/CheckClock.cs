using Heliograph.Configuration;

namespace Heliograph.Checking;

/// <summary>Bounds and times each step, and all of them together.</summary>
internal sealed class CheckClock(TimeProvider timeProvider, TimeSpan step, TimeSpan total, CancellationToken cancellationToken)
{
    private readonly long started = timeProvider.GetTimestamp();

    public TimeProvider Time { get; } = timeProvider;

    public CancellationToken Cancellation { get; } = cancellationToken;

    public TimeSpan Elapsed => Time.GetElapsedTime(started);

    /// <summary>How long a step waited: follows "no answer" in a message.</summary>
    public string Bound => Elapsed < total ? $"within {Values.Write(step)}" : "before the deadline of the whole check";

    /// <summary>Runs one step.</summary>
    /// <exception cref="TimeoutException">Its time, or that of the whole check, ran out.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> action)
    {
        var left = total - Elapsed;
        using var limit = new CancellationTokenSource(left <= TimeSpan.Zero ? TimeSpan.Zero : left < step ? left : step, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Cancellation, limit.Token);
        try
        {
            return await action(either.Token);
        }
        catch (Exception exception)
            when (limit.IsCancellationRequested
                && !Cancellation.IsCancellationRequested
                && exception is OperationCanceledException or IOException)
        {
            throw new TimeoutException("the step timed out", exception);
        }
    }

    /// <summary>The time since a stamp of <see cref="TimeProvider.GetTimestamp"/>, in milliseconds to a tenth.</summary>
    public double Since(long stamp) => Rounded(Time.GetElapsedTime(stamp));

    public static double Rounded(TimeSpan span) => Math.Round(span.TotalMilliseconds, 1);
}
