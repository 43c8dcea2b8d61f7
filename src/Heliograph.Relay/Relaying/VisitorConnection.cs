using System.Net.Sockets;
using Heliograph.Platform;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Relaying;

/// <summary>
/// A visitor, for a server in this process. Every call comes back on the visitor's loop, so that a server that never waits for anything
/// else answers without a change of threads.
/// </summary>
internal sealed class VisitorConnection : ClientConnection
{
    /// <summary>Sends in a row before the other connections of the loop get their turn.</summary>
    private const int TurnLength = 16;

    private readonly RelayLoop loop;
    private readonly Channel client;
    private readonly PendingBytes unread;
    private readonly Deadline deadline;
    private readonly RelayCounters counters;
    private DeadlineQueue timeouts;
    private int sent;
    private bool hasHadTurn;
    private bool hasEnded;
    private bool hasBroken;
    private bool hasFinished;
    private volatile bool endsSilently;

    /// <param name="loop">The visitor's loop.</param>
    /// <param name="client">The visitor's side; not owned.</param>
    /// <param name="unread">What was already read; not owned.</param>
    /// <param name="deadline">Restarted by every byte; its owner cancels the socket when it passes.</param>
    /// <param name="counters">Counts every byte.</param>
    public VisitorConnection(RelayLoop loop, Channel client, PendingBytes unread, Deadline deadline, RelayCounters counters)
    {
        this.loop = loop;
        this.client = client;
        this.unread = unread;
        this.deadline = deadline;
        this.counters = counters;
        timeouts = loop.IdleTimeouts;
        timeouts.Arm(deadline);
    }

    public override ReadOnlySpan<byte> Received => unread.Span;

    public override bool TrySend(ReadOnlySpan<byte> bytes)
    {
        if (loop.Shaper.IsOn || !client.Write(bytes))
            return false;
        Count(share: 0, bytes.Length);
        return true;
    }

    public override bool HasEnded => hasEnded || hasBroken;

    public override async ValueTask<bool> HasUnreadAsync()
    {
        await loop.Events.Enter();
        if (unread.Count == 0 && !hasEnded)
            hasBroken = Fill(share: 0) == IoStatus.Broken;
        return unread.Count > 0;
    }

    public override async ValueTask WaitReadableAsync(CancellationToken cancellationToken)
    {
        await loop.Events.Enter();
        while (unread.Count == 0 && !hasEnded)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // A visitor whose bytes never end gets one read, and then it is the others' turn.
            if (hasHadTurn)
                await loop.Events.Yield();
            var share = await TakeShareAsync();
            switch (Fill(share))
            {
                case IoStatus.Done:
                    hasHadTurn = true;
                    break;
                case IoStatus.WouldBlock:
                    hasHadTurn = false;
                    using (Awake(cancellationToken))
                        Require(await client.Socket.Readable());
                    break;
                case IoStatus.Broken:
                    throw HasLeft();
            }
        }
    }

    public override async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        await WaitReadableAsync(cancellationToken);
        var count = Math.Min(into.Length, unread.Count);
        unread.Span[..count].CopyTo(into.Span);
        if (count > 0)
            unread.Consume(count);
        return count;
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await loop.Events.Enter();
        var share = await TakeShareAsync();
        cancellationToken.ThrowIfCancellationRequested();
        Require(client.Write(bytes.Span));
        Count(share, bytes.Length);
        if (client.HasOutput)
        {
            using var awake = Awake(cancellationToken);
            while (client.HasOutput)
            {
                Require(!BreaksOff() && await client.Socket.Writable() && !BreaksOff() && client.Flush());
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        else if (++sent % TurnLength == 0)
        {
            await loop.Events.Yield();
        }
    }

    public override async ValueTask FinishSendingAsync()
    {
        await loop.Events.Enter();
        if (hasFinished)
            return;
        hasFinished = true;
        timeouts = loop.HalfClosedTimeouts;
        timeouts.Arm(deadline);
        if (!endsSilently && !client.WriteEnd())
            return;
        while (client.HasOutput)
        {
            if (!await client.Socket.Writable() || !client.Flush())
                return;
        }
        client.Socket.CloseWrite();
    }

    public override void EndSilently() => endsSilently = true;

    /// <summary>nginx breaks off an answer that has to wait for a client that sends no more (ngx_http_test_reading).</summary>
    private bool BreaksOff() => hasFinished |= client.Socket.HasHungUp;

    private IoStatus Fill(int share)
    {
        var read = client.Read(loop.Scratch[..Channel.SmallestRead]);
        switch (read.Status)
        {
            case IoStatus.Done:
                unread.Append(loop.Scratch[..read.Count]);
                break;
            case IoStatus.WouldBlock when client.HasOutput && !client.Flush():
                // An answer to what was read before (a TLS alert, a KeyUpdate) may still wait.
                return IoStatus.Broken;
            case IoStatus.Closed:
                hasEnded = true;
                timeouts = loop.HalfClosedTimeouts;
                break;
        }
        Count(share, read.Count);
        return read.Status;
    }

    private void Count(int share, int bytes)
    {
        if (loop.Shaper.IsOn)
            loop.Shaper.Settle(share, bytes);
        if (bytes == 0)
            return;
        counters.CountVisited(bytes);
        timeouts.Arm(deadline);
    }

    /// <summary>Waits for a share of limits.bytes_per_second. Who waits here is not idle, however long it takes.</summary>
    private async ValueTask<int> TakeShareAsync()
    {
        if (!loop.Shaper.IsOn)
            return 0;
        if (loop.Shaper.TryTakeShare() is var share and > 0)
            return share;
        deadline.Disarm();
        share = await loop.Shaper.WaitAsync(loop.Events, client.Socket);
        timeouts.Arm(deadline);
        Require(share > 0);
        return share;
    }

    /// <summary>Until this is disposed of, the socket's waiter looks again when the call is cancelled.</summary>
    private CancellationTokenRegistration Awake(CancellationToken cancellationToken) => cancellationToken.UnsafeRegister(
        static state =>
        {
            var visitor = (VisitorConnection)state!;
            visitor.loop.Events.Post(visitor.client.Socket.Wake);
        },
        this);

    private static void Require(bool isConnected)
    {
        if (!isConnected)
            throw HasLeft();
    }

    private static SocketException HasLeft() => new((int)SocketError.ConnectionReset);
}
