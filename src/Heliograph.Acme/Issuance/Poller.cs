using System.Text.Json.Serialization.Metadata;
using Heliograph.Acme.Protocol;

namespace Heliograph.Acme.Issuance;

/// <summary>Asks for an object until the authority has changed it (RFC 8555 section 7.5.1).</summary>
internal sealed class Poller(AcmeSession session, TimeProvider timeProvider)
{
    // With pauses of up to five seconds: five minutes.
    private const int MaxPolls = 60;
    private const int MaxPollTroubles = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(30);

    /// <returns>The object, changed or, after all polls, as it was last; and the time that this took.</returns>
    public async Task<(T Value, TimeSpan Took)> UntilAsync<T>(
        Uri url, JsonTypeInfo<T> type, Func<T, bool> done, CancellationToken cancellationToken)
    {
        var begun = timeProvider.GetTimestamp();
        var pause = FirstPause;
        var troubles = 0;
        for (var poll = 1; ; poll++)
        {
            TimeSpan? retryAfter;
            try
            {
                var (value, response) = await session.Client.GetAsync(session.Signer, url, type, cancellationToken);
                if (done(value) || poll >= MaxPolls)
                    return (value, timeProvider.GetElapsedTime(begun));
                retryAfter = response.RetryAfter;
            }
            // A brief problem at the authority must not cost an order.
            catch (AcmeException exception) when (exception.Failure == AcmeFailure.Unreachable && ++troubles <= MaxPollTroubles)
            {
                retryAfter = exception.RetryAfter;
            }

            var wait = retryAfter is { } asked && asked > pause ? asked : pause;
            await PauseAsync(wait < LongestRetryAfter ? wait : LongestRetryAfter, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Before something is asked for again.</summary>
    /// <param name="times">How often it was asked for so far.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task PauseAsync(int times, CancellationToken cancellationToken) =>
        PauseAsync(times * LongestPause, cancellationToken);

    public AcmeException TimeIsUp(string what, string? status, TimeSpan took) => new(
        AcmeFailure.Unfinished,
        $"{session.Client.Authority} did not finish {what} within {took.TotalMinutes:0.#} minutes " +
        $"(its status is still '{Text.Clean(status)}'); retrying later.");

    private Task PauseAsync(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, timeProvider, cancellationToken);
}
