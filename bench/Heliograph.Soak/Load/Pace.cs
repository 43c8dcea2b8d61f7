using System.Diagnostics;

namespace Heliograph.Soak.Load;

/// <summary>
/// Threads that begin conversations at a fixed rate, whatever became of those before; each conversation blocks its thread.
/// </summary>
internal sealed class Pace : IDisposable
{
    // What is further behind is dropped: after a standstill there is no flood that nobody asked for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly List<Thread> threads = [];
    private readonly double perSecond;
    private readonly Action<int> converse;
    private readonly Lock gate = new();
    private readonly ManualResetEventSlim stopping = new();
    private readonly long began = Stopwatch.GetTimestamp();
    private TimeSpan next;
    private int begun;

    /// <param name="name">Of its threads.</param>
    /// <param name="count">How many conversations there are at a time.</param>
    /// <param name="perSecond">How many begin in a second.</param>
    /// <param name="converse">Gets the number of the conversation; does not throw.</param>
    public Pace(string name, int count, double perSecond, Action<int> converse)
    {
        this.perSecond = perSecond;
        this.converse = converse;
        for (var i = 0; i < count; i++)
        {
            var thread = new Thread(Run, maxStackSize: 512 * 1024) { IsBackground = true, Name = name };
            threads.Add(thread);
            thread.Start();
        }
    }

    public int Begun => Volatile.Read(ref begun);

    /// <summary>Begins no more, and waits until those under way have ended.</summary>
    public void Dispose()
    {
        stopping.Set();
        threads.ForEach(static thread => thread.Join());
        stopping.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            TimeSpan wait;
            lock (gate)
            {
                var now = Stopwatch.GetElapsedTime(began);
                if (next < now - Patience)
                    next = now;
                wait = next - now;
                next += TimeSpan.FromSeconds(1 / perSecond);
            }
            if (stopping.Wait(wait > TimeSpan.Zero ? wait : TimeSpan.Zero))
                return;
            converse(Interlocked.Increment(ref begun) - 1);
        }
    }
}
