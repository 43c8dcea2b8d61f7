using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Limits;

/// <summary>
/// Limits the bytes a second of all relayed connections and both directions together. A direction takes a share before it reads. When there
/// is none, the directions of all loops wait in one queue, first come, first served, and each share is small, so that all get the same. A
/// timer runs only while somebody waits. From any thread.
/// </summary>
internal sealed class Shaper : IDisposable
{
    /// <summary>A share is about 4 ms of the rate, so that a message waits 0.4 s behind 100 downloads.</summary>
    private const int SharesPerSecond = 256;

    private const int SmallestShare = 4 * 1024;

    /// <summary>After a pause, a tenth of a second's bytes may go out at once: a chat is never delayed while there is capacity.</summary>
    private const int BurstsPerSecond = 10;

    private readonly TimeProvider timeProvider;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private readonly LinkedList<ShareTicket> queue = new();
    private long bytesPerSecond;
    private double available;
    private long filledAt;

    public Shaper(TimeProvider timeProvider)
    {
        this.timeProvider = timeProvider;
        timer = timeProvider.CreateTimer(
            static shaper => ((Shaper)shaper!).Advance(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether there is a limit at all.</summary>
    public bool IsOn => Volatile.Read(ref bytesPerSecond) != 0;

    /// <summary>0: no limit.</summary>
    public long BytesPerSecond => Volatile.Read(ref bytesPerSecond);

    /// <summary>Directions that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
                return queue.Count;
        }
    }

    /// <summary>How much one read may take at a rate; without a limit, as much as one read of a socket gives.</summary>
    public static int GetShare(long rate) =>
        rate == 0 ? EventLoop.ReceiveSize : (int)Math.Clamp(rate / SharesPerSecond, SmallestShare, EventLoop.ReceiveSize);

    /// <summary>Sets the limit; 0 lifts it, and all who wait continue.</summary>
    public void Use(long rate)
    {
        lock (gate)
        {
            if (rate == bytesPerSecond)
                return;
            Fill();
            // Without a limit nothing was counted: begin with a full burst.
            available = bytesPerSecond == 0 ? Burst(rate) : Math.Min(available, Burst(rate));
            Volatile.Write(ref bytesPerSecond, rate);
            Serve();
        }
    }

    /// <summary>Takes a share, if there is one and nobody waits.</summary>
    /// <returns>Its bytes, for <see cref="Settle"/>; 0: there is none.</returns>
    public int TryTakeShare()
    {
        lock (gate)
        {
            if (queue.Count > 0)
                return 0;
            Fill();
            return Grant();
        }
    }

    /// <summary>Queues for a share. The socket, which is held, is resumed on its loop when the share is granted.</summary>
    public ShareTicket Enqueue(EventLoop loop, LoopSocket socket)
    {
        var ticket = new ShareTicket(loop, socket);
        lock (gate)
        {
            queue.AddLast(ticket.Node);
            Fill();
            Serve();
        }
        return ticket;
    }

    /// <summary>Holds the socket until it has a share.</summary>
    /// <returns>0: cancelled.</returns>
    public async ValueTask<int> WaitAsync(EventLoop loop, LoopSocket socket)
    {
        var ticket = Enqueue(loop, socket);
        if (await socket.Held())
            return ticket.Share;
        Withdraw(ticket);
        return 0;
    }

    /// <summary>Leaves the queue, or returns a share that came too late.</summary>
    public void Withdraw(ShareTicket ticket)
    {
        lock (gate)
        {
            if (ticket.Node.List is not null)
                queue.Remove(ticket.Node);
        }
        Settle(ticket.Share, 0);
    }

    /// <summary>Says how much of a share was used. It may be more than the share, because a TLS record is read whole.</summary>
    public void Settle(int share, int used)
    {
        lock (gate)
        {
            available += share - used;
            if (queue.Count == 0)
                return;
            Fill();
            Serve();
        }
    }

    public void Dispose() => timer.Dispose();

    private void Advance()
    {
        lock (gate)
        {
            Fill();
            Serve();
        }
    }

    private void Fill()
    {
        var now = timeProvider.GetTimestamp();
        available = Math.Min(available + (timeProvider.GetElapsedTime(filledAt, now).TotalSeconds * bytesPerSecond), Burst(bytesPerSecond));
        filledAt = now;
    }

    /// <summary>Grants shares from the front of the queue while there are any, and comes back when there is more.</summary>
    private void Serve()
    {
        while (queue.First is { } first && Grant() is var share and > 0)
        {
            queue.RemoveFirst();
            first.Value.Grant(share);
        }
        if (queue.Count > 0)
            timer.Change(
                TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(-available * 1000 / bytesPerSecond))), Timeout.InfiniteTimeSpan);
    }

    /// <summary>A whole share is granted as soon as one byte is available; the rest is a debt that the next ones wait for.</summary>
    private int Grant()
    {
        if (bytesPerSecond != 0 && available <= 0)
            return 0;
        var share = GetShare(bytesPerSecond);
        available -= share;
        return share;
    }

    private static double Burst(long rate) => Math.Max(rate / BurstsPerSecond, GetShare(rate));
}
