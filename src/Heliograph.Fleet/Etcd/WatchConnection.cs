namespace Heliograph.Fleet.Etcd;

/// <summary>One open watch: a line of JSON for each answer, for as long as the connection lasts.</summary>
internal sealed class WatchConnection : IDisposable
{
    private readonly HttpResponseMessage response;
    private readonly string member;
    private readonly TimeSpan silence;
    private LineReader? lines;

    public WatchConnection(HttpResponseMessage response, string member, TimeSpan silence)
    {
        this.response = response;
        this.member = member;
        this.silence = silence;
    }

    /// <summary>Waits for the first line, which says that the watch is there.</summary>
    /// <returns>Why etcd refuses it; null: it is open.</returns>
    /// <exception cref="FleetException">The connection broke, or this is not etcd.</exception>
    public async Task<string?> ConfirmAsync(CancellationToken cancellationToken)
    {
        lines = new LineReader(await response.Content.ReadAsStreamAsync(cancellationToken), EtcdTransport.LargestAnswer);
        var answer = await ReadAsync(cancellationToken);
        if (answer is { Canceled: true })
            return answer.CancelReason ?? "no reason given";
        return answer is { Created: true } ? null : throw EtcdRefusals.NotEtcd("a watch that does not begin");
    }

    /// <summary>The next answer.</summary>
    /// <returns>Null if the watch is over, or was silent for too long.</returns>
    /// <exception cref="FleetException">The connection broke, or this is not etcd.</exception>
    public async Task<WatchAnswer?> ReadAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(silence);
        try
        {
            var line = await lines!.ReadAsync(limit.Token);
            if (line is null)
                return null;
            var answer = EtcdRefusals.Parse(line.Value.Span, EtcdJson.Default.WatchLine);
            return answer.Error is { } error
                ? throw EtcdRefusals.Explain(error)
                : answer.Result ?? throw EtcdRefusals.NotEtcd("a line without a result");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new FleetException(FleetFailure.Unreachable, $"{member}: the watch broke ({exception.Message}).", exception);
        }
    }

    public void Dispose() => response.Dispose();
}
