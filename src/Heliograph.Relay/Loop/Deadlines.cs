namespace Heliograph.Relay.Loop;

/// <summary>What happens when a <see cref="Deadline"/> passes.</summary>
internal interface IDeadlineOwner
{
    void Expired();
}

/// <summary>A moment by which something must have happened; in at most one <see cref="DeadlineQueue"/> at a time.</summary>
internal sealed class Deadline
{
    private readonly IDeadlineOwner owner;

    public Deadline(IDeadlineOwner owner) => this.owner = owner;

    internal DeadlineQueue? Queue { get; set; }

    internal Deadline? Earlier { get; set; }

    internal Deadline? Later { get; set; }

    internal long At { get; set; }

    public void Disarm() => Queue?.Remove(this);

    internal void Expire() => owner.Expired();
}

/// <summary>
/// The deadlines of one kind of wait; used on the loop's thread only. All waits of a kind last equally long, so the order of arming is the
/// order of expiry, and a linked list takes the place of a timer heap: arming and disarming cost a few pointers, and thousands of idle
/// connections nothing.
/// </summary>
internal sealed class DeadlineQueue
{
    private readonly EventLoop loop;
    private long duration;
    private Deadline? first;
    private Deadline? last;

    /// <param name="loop">The loop on whose clock and thread the deadlines pass.</param>
    /// <param name="duration">How long each wait of this kind may last; rounded up to a millisecond.</param>
    public DeadlineQueue(EventLoop loop, TimeSpan duration)
    {
        this.loop = loop;
        this.duration = Milliseconds(duration);
    }

    /// <summary>When the next deadline passes, in the loop's milliseconds; <see cref="long.MaxValue"/> when there is none.</summary>
    public long Next => first?.At ?? long.MaxValue;

    /// <summary>Starts or restarts the wait; a deadline armed in another queue leaves that one.</summary>
    public void Arm(Deadline deadline) => ArmAt(deadline, loop.Now + duration);

    /// <summary>
    /// The same with a wait of the caller's. Moments must be armed in order; one that is too early passes with the one before it.
    /// </summary>
    public void Arm(Deadline deadline, TimeSpan wait) => ArmAt(deadline, Math.Max(last?.At ?? 0, loop.Now + Milliseconds(wait)));

    public void Remove(Deadline deadline)
    {
        if (deadline.Earlier is null)
            first = deadline.Later;
        else
            deadline.Earlier.Later = deadline.Later;
        if (deadline.Later is null)
            last = deadline.Earlier;
        else
            deadline.Later.Earlier = deadline.Earlier;
        deadline.Queue = null;
        deadline.Earlier = deadline.Later = null;
    }

    /// <summary>
    /// From now on waits last this long. One that has begun ends as planned, or after the new duration from now if that is sooner.
    /// </summary>
    public void Change(TimeSpan to)
    {
        duration = Milliseconds(to);
        // This keeps the order: later ones are never due before earlier ones.
        for (var deadline = last; deadline is not null && deadline.At > loop.Now + duration; deadline = deadline.Earlier)
            deadline.At = loop.Now + duration;
    }

    /// <summary>Lets everything that is due expire.</summary>
    public void Expire()
    {
        while (first is { } due && due.At <= loop.Now)
        {
            Remove(due);
            due.Expire();
        }
    }

    private void ArmAt(Deadline deadline, long at)
    {
        if (deadline.Queue == this && (deadline.At == at || deadline == last))
        {
            deadline.At = at;
            return;
        }
        deadline.Queue?.Remove(deadline);
        deadline.Queue = this;
        deadline.At = at;
        deadline.Earlier = last;
        if (last is null)
            first = deadline;
        else
            last.Later = deadline;
        last = deadline;
    }

    private static long Milliseconds(TimeSpan duration) => (long)Math.Ceiling(duration.TotalMilliseconds);
}
