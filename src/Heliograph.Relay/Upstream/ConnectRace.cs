using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Upstream;

/// <summary>
/// Happy Eyeballs (RFC 8305): tries one address after the other, alternating between the families, IPv6 first. The next attempt starts when
/// the last has failed or has not answered for <see cref="AttemptDelay"/>; the first to connect wins. On the loop, without a task of its
/// own.
/// </summary>
internal sealed class ConnectRace : IDeadlineOwner
{
    /// <summary>The Connection Attempt Delay that RFC 8305 section 5 recommends.</summary>
    public static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>A resolver may return any number of addresses; no more than these are tried.</summary>
    private const int MostAttempts = 8;

    private readonly EventLoop loop;
    private readonly DeadlineQueue attemptDelays;
    private readonly List<LoopSocket> running = [];
    private readonly Deadline attemptDelay;
    private readonly Deadline connectTimeout;
    private readonly Expiry timeout = new();
    private Action? continuation;
    private bool startNext;

    public ConnectRace(EventLoop loop, DeadlineQueue attemptDelays, DeadlineQueue connectTimeouts)
    {
        this.loop = loop;
        this.attemptDelays = attemptDelays;
        attemptDelay = new Deadline(this);
        timeout.Race = this;
        connectTimeout = new Deadline(timeout);
        connectTimeouts.Arm(connectTimeout);
    }

    /// <summary>Why there is no winner: before the start why there is no address, then how the attempts failed.</summary>
    public DialFailure Failure { get; set; } = DialFailure.Unreachable;

    /// <summary>Runs the race. Its time began when it was created, so that it includes resolving the name.</summary>
    /// <returns>A connected socket, or null if all failed or the time is up.</returns>
    public async ValueTask<LoopSocket?> RunAsync(IReadOnlyList<EndPoint> endpoints)
    {
        var next = 0;
        var last = Math.Min(endpoints.Count, MostAttempts);
        try
        {
            while (!timeout.Passed)
            {
                if (next < last && (running.Count == 0 || startNext))
                    Start(endpoints[next++], more: next < last);
                if (FindWinner() is { } winner)
                    return winner;
                if (running.Count == 0 && next == last)
                    return null;
                // A failed attempt starts the next one without waiting.
                if (running.Count > 0 && !(startNext && next < last))
                    await new ProgressAwaitable(this);
            }
            if (endpoints.Count > 0)
                Failure = DialFailure.TimedOut;
            return null;
        }
        finally
        {
            attemptDelay.Disarm();
            connectTimeout.Disarm();
            foreach (var loser in running)
                loser.Dispose();
        }
    }

    /// <summary>Alternates between the families, IPv6 first (RFC 8305 section 4), each in the resolver's order.</summary>
    public static IReadOnlyList<IPAddress> Interleave(IReadOnlyList<IPAddress> addresses)
    {
        if (addresses.Count < 2)
            return addresses;
        var six = addresses.Where(static address => address.AddressFamily == AddressFamily.InterNetworkV6).ToList();
        var four = addresses.Where(static address => address.AddressFamily == AddressFamily.InterNetwork).ToList();
        var interleaved = new List<IPAddress>(addresses.Count);
        for (var i = 0; i < Math.Max(six.Count, four.Count); i++)
        {
            if (i < six.Count)
                interleaved.Add(six[i]);
            if (i < four.Count)
                interleaved.Add(four[i]);
        }
        return interleaved;
    }

    void IDeadlineOwner.Expired()
    {
        startNext = true;
        Resume();
    }

    private void Start(EndPoint endpoint, bool more)
    {
        var socket = LoopSocket.Connect(loop, endpoint, out var error);
        startNext = socket is null;
        if (socket is not null)
            running.Add(socket);
        else
            CountFailure(error);
        if (more)
            attemptDelays.Arm(attemptDelay);
    }

    /// <summary>The first connected socket. Those that failed leave the race, and the next address may start at once.</summary>
    private LoopSocket? FindWinner()
    {
        for (var i = running.Count - 1; i >= 0; i--)
        {
            var socket = running[i];
            if (!socket.IsWritable)
                continue;
            running.RemoveAt(i);
            var error = socket.Error();
            if (error == 0)
                return socket;
            CountFailure(error);
            socket.Dispose();
            startNext = true;
        }
        return null;
    }

    /// <summary>Without IPv6, half of the addresses are unreachable: the failures of the others say more.</summary>
    private void CountFailure(int error)
    {
        var reason = error switch
        {
            Libc.Econnrefused => DialFailure.Refused,
            Libc.Etimedout => DialFailure.TimedOut,
            _ => DialFailure.Unreachable,
        };
        if (Failure is DialFailure.NotResolved or DialFailure.NotPublic || reason != DialFailure.Unreachable)
            Failure = reason;
    }

    private void Resume()
    {
        foreach (var socket in running)
            socket.OnWritable(null);
        var resumed = continuation;
        continuation = null;
        resumed?.Invoke();
    }

    /// <summary>Completes when one of the running sockets has connected or failed, or a deadline has passed.</summary>
    private readonly struct ProgressAwaitable(ConnectRace race) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public ProgressAwaitable GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            race.continuation = continuation;
            foreach (var socket in race.running)
                socket.OnWritable(race.Resume);
        }
    }

    private sealed class Expiry : IDeadlineOwner
    {
        public ConnectRace? Race { get; set; }

        public bool Passed { get; private set; }

        public void Expired()
        {
            Passed = true;
            Race?.Resume();
        }
    }
}
