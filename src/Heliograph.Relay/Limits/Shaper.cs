using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Limits;

/// <summary>
/// Bytes a second, of all relayed connections and both directions together. Who wants to read takes a share first; when there is none, the directions
/// stand in one line for all loops, first come, first served, and each share is small, so that everybody gets as much as everybody else. A timer runs
/// only while somebody stands in line. From any thread.
/// </summary>
internal sealed class Shaper : IDisposable
{
    /// <summary>A share is about 4 ms of the rate, so that with 100 downloads a message waits 0.4 s for its turn.</summary>
    private const int SharesPerSecond = 256;

    private const int SmallestShare = 4 * 1024;

    /// <summary>A tenth of a second may go out at once after a pause: what a chat does is never delayed on a line that has room.</summary>
    private const int BurstsPerSecond = 10;

    private readonly TimeProvider timeProvider;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private readonly LinkedList<ShareTicket> line = new();
    private long bytesPerSecond;
    private double available;
    private long filledAt;

    public Shaper(TimeProvider timeProvider)
    {
        this.timeProvider = timeProvider;
        timer = timeProvider.CreateTimer(static shaper => ((Shaper)shaper!).Advance(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether there is a limit at all.</summary>
    public bool IsOn => Volatile.Read(ref bytesPerSecond) != 0;

    /// <summary>0: no limit.</summary>
    public long BytesPerSecond => Volatile.Read(ref bytesPerSecond);

    /// <summary>Directions that stand in line.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
                return line.Count;
        }
    }

    /// <summary>How much one read may take under a rate: what comes from a socket at once, where there is none.</summary>
    public static int GetShare(long rate) => rate == 0 ? EventLoop.ReceiveSize : (int)Math.Clamp(rate / SharesPerSecond, SmallestShare, EventLoop.ReceiveSize);

    /// <summary>Sets the limit; 0 lifts it, and everybody in line goes on.</summary>
    public void Use(long rate)
    {
        lock (gate)
        {
            if (rate == bytesPerSecond)
                return;
            Fill();
            // A line that was idle under no limit begins with what it may have at once.
            available = bytesPerSecond == 0 ? Burst(rate) : Math.Min(available, Burst(rate));
            Volatile.Write(ref bytesPerSecond, rate);
            Serve();
        }
    }

    /// <summary>Takes a share, if there is one and nobody stands in line.</summary>
    /// <returns>Its bytes, for <see cref="Settle"/>; 0: there is none.</returns>
    public int TryTakeShare()
    {
        lock (gate)
        {
            if (line.Count > 0)
                return 0;
            Fill();
            return Grant();
        }
    }

    /// <summary>Stands in line for a share. The socket, which is held, is resumed on its loop when the share is taken.</summary>
    public ShareTicket Enqueue(EventLoop loop, LoopSocket socket)
    {
        var ticket = new ShareTicket(loop, socket);
        lock (gate)
        {
            line.AddLast(ticket.Node);
            Fill();
            Serve();
        }
        return ticket;
    }

    /// <summary>Leaves the line, or gives the share back that came too late.</summary>
    public void Withdraw(ShareTicket ticket)
    {
        lock (gate)
        {
            if (ticket.Node.List is not null)
                line.Remove(ticket.Node);
        }
        Settle(ticket.Share, 0);
    }

    /// <summary>Tells how much of a share was used; it may have been more, since a TLS record is read whole.</summary>
    public void Settle(int share, int used)
    {
        lock (gate)
        {
            available += share - used;
            if (line.Count == 0)
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

    /// <summary>Lets those at the front go on for whom there is something, and comes back when there is more.</summary>
    private void Serve()
    {
        while (line.First is { } first && Grant() is var share and > 0)
        {
            line.RemoveFirst();
            first.Value.Grant(share);
        }
        if (line.Count > 0)
            timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(-available * 1000 / bytesPerSecond))), Timeout.InfiniteTimeSpan);
    }

    /// <summary>A share is given for the first byte that is there; the rest of it is a debt that the next ones wait for.</summary>
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
