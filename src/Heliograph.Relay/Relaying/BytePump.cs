using Heliograph.Relay.Access;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Relaying;

/// <summary>How a relayed connection ended, and by which side.</summary>
internal enum PumpEnd
{
    /// <summary>Both sides ended in order.</summary>
    Finished,

    /// <summary>The client's connection broke.</summary>
    ClientBroke,

    /// <summary>The upstream's connection broke.</summary>
    UpstreamBroke,

    /// <summary>A deadline passed, or the server stops.</summary>
    Cancelled,
}

/// <summary>
/// Moves bytes both ways between two channels until both have ended. While one side does not take its bytes, the other is not read, so that
/// no more than one read waits for a slow reader. The end of one direction is passed on to the other side, and the other direction
/// continues.
/// </summary>
internal sealed class BytePump
{
    /// <summary>Reads in a row before the other connections of the loop get their turn.</summary>
    private const int TurnLength = 16;

    private readonly RelayLoop loop;
    private readonly Channel client;
    private readonly Channel upstream;
    private readonly Deadline deadline;
    private readonly RelayCounters counters;
    private readonly AccessGroup? group;
    private readonly bool isVisit;
    private DeadlineQueue timeouts;
    private int waiting;
    private bool ending;

    /// <param name="loop">The loop of both.</param>
    /// <param name="client">The visitor's side.</param>
    /// <param name="upstream">The side that was dialled.</param>
    /// <param name="deadline">Restarted by every byte; its owner cancels both sockets when it passes.</param>
    /// <param name="counters">Counts every byte.</param>
    /// <param name="isVisit">Whether the client is a visitor of a web server.</param>
    /// <param name="group">Counts the bytes too; null: the client is of no group.</param>
    public BytePump(
        RelayLoop loop, Channel client, Channel upstream, Deadline deadline, RelayCounters counters, bool isVisit, AccessGroup? group)
    {
        this.group = group;
        this.loop = loop;
        this.client = client;
        this.upstream = upstream;
        this.deadline = deadline;
        this.counters = counters;
        this.isVisit = isVisit;
        timeouts = loop.IdleTimeouts;
    }

    /// <summary>How it ended, once both directions have.</summary>
    public PumpEnd End { get; private set; }

    /// <summary>
    /// Starts both directions; each task ends with its direction. There is no task for both: it would cost every idle connection 130 bytes.
    /// </summary>
    public (Task Up, Task Down) Start()
    {
        timeouts.Arm(deadline);
        return (PumpAsync(client, upstream), PumpAsync(upstream, client));
    }

    private async Task PumpAsync(Channel from, Channel to)
    {
        for (var turn = 1; ; turn++)
        {
            // First send what already waits, such as the bytes that were peeked at.
            while (to.HasOutput)
            {
                turn = 0;
                if (!await to.Socket.Writable() || !to.Flush())
                {
                    Break(GetBroken(to));
                    return;
                }
            }
            var share = 0;
            if (loop.Shaper.IsOn && (share = await ShareAsync(from)) == 0)
            {
                Break(PumpEnd.Cancelled);
                return;
            }
            switch (Move(from, to, share))
            {
                case IoStatus.Done:
                    break;
                case null:
                    turn = TurnLength;
                    break;
                case IoStatus.WouldBlock:
                    turn = 0;
                    if (await from.Socket.Readable())
                        continue;
                    Break(PumpEnd.Cancelled);
                    return;
                case IoStatus.Closed:
                    await CarryEndAsync(to);
                    return;
                default:
                    return;
            }
            if (turn == TurnLength)
            {
                turn = 0;
                await loop.Events.Yield();
            }
        }
    }

    /// <summary>Waits for a share of limits.bytes_per_second. A connection that waits here is not idle, however long it takes.</summary>
    /// <returns>0: cancelled.</returns>
    private async ValueTask<int> ShareAsync(Channel from)
    {
        if (loop.Shaper.TryTakeShare() is var share and > 0)
            return share;
        waiting++;
        deadline.Disarm();
        var granted = await loop.Shaper.WaitAsync(loop.Events, from.Socket);
        waiting--;
        ArmDeadline();
        return granted;
    }

    private void ArmDeadline()
    {
        if (waiting == 0)
            timeouts.Arm(deadline);
    }

    /// <summary>Null: there was nothing in what came, and the other connections get their turn.</summary>
    private IoStatus? Move(Channel from, Channel to, int share)
    {
        var read = from.Read(loop.Scratch);
        if (share > 0)
            loop.Shaper.Settle(share, read.Count);
        if (read.Status == IoStatus.Broken)
            Break(GetBroken(from));
        if (read.Status != IoStatus.Done)
            return read.Status;
        if (read.Count == 0)
            return null;
        ArmDeadline();
        Count(from, read.Count);
        if (to.Write(loop.Scratch[..read.Count]))
            return IoStatus.Done;
        // The decoy has answered and closed while its visitor still writes: drop those bytes, as nginx does (lingering_close), because
        // closing with unread bytes would send RST and could destroy the answer on its way.
        if (ending && from == client)
            return IoStatus.Done;
        Break(GetBroken(to));
        return IoStatus.Broken;
    }

    private void Count(Channel from, int bytes)
    {
        if (isVisit)
        {
            counters.CountVisited(bytes);
        }
        else if (from == client)
        {
            counters.CountUp(bytes);
            group?.CountUp(bytes);
        }
        else
        {
            counters.CountDown(bytes);
            group?.CountDown(bytes);
        }
    }

    private async ValueTask CarryEndAsync(Channel to)
    {
        var isLast = ending;
        ending = true;
        timeouts = loop.HalfClosedTimeouts;
        ArmDeadline();
        if (!to.WriteEnd())
            return;
        while (to.HasOutput)
        {
            if (!await to.Socket.Writable() || !to.Flush())
                return;
        }
        // Closing the socket, which follows when both directions have ended, sends the FIN as well.
        if (!isLast)
            to.Socket.CloseWrite();
    }

    private PumpEnd GetBroken(Channel side) => side == client ? PumpEnd.ClientBroke : PumpEnd.UpstreamBroke;

    /// <summary>Ends both directions; the first reason counts.</summary>
    private void Break(PumpEnd reason)
    {
        if (End == PumpEnd.Finished)
            End = reason;
        client.Socket.Cancel();
        upstream.Socket.Cancel();
    }
}
