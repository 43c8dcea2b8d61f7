using Heliograph.Soak.Judging;

namespace Heliograph.Soak.Load;

/// <summary>What the clients of one server saw.</summary>
internal sealed class Watch(Windows windows, Findings findings)
{
    private readonly Lock gate = new();
    private List<double> times = [];
    private int served;

    /// <summary>How many conversations were complete.</summary>
    public int Served => Volatile.Read(ref served);

    public void Record(Attempt attempt)
    {
        ClientRule.Judge(attempt, windows, findings);
        if (attempt.FirstByte is not { } first)
            return;
        lock (gate)
            times.Add((first - attempt.Start).TotalMilliseconds);
        if (attempt is { Lost: null, IsWrong: false })
            Interlocked.Increment(ref served);
    }

    /// <summary>The times to the first byte since the last call.</summary>
    public Latency TakeLatency()
    {
        List<double> taken;
        lock (gate)
            (taken, times) = (times, []);
        return Latency.From(taken);
    }
}
