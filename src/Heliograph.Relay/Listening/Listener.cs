using System.Runtime.InteropServices;
using Heliograph.Relay.Diagnostics;
using Heliograph.Relay.Loop;
using Microsoft.Extensions.Logging;

namespace Heliograph.Relay.Listening;

/// <summary>
/// Accepts on one loop for all of them. Connections last for hours, so each loop must get as many as the others: the server picks the loop
/// (docs/adr/0002-one-listener.md compares this with SO_REUSEPORT and EPOLLEXCLUSIVE).
/// </summary>
internal sealed class Listener : IDeadlineOwner, IDisposable
{
    /// <summary>Connections accepted in a row before those of this loop get their turn; nginx's multi_accept has no limit.</summary>
    private const int TurnLength = 64;

    /// <summary>How long accepting pauses when the system has no descriptor or memory left; nginx's accept_mutex_delay is 500 ms.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly EventLoop loop;
    private readonly LoopSocket socket;
    private bool isInherited;
    private readonly Func<int, bool> accepted;
    private readonly Action clientWaits;
    private readonly ILogger logger;
    private readonly DeadlineQueue pauses;
    private readonly Deadline pause;
    private Action? resume;
    private bool stopped;
    private bool closed;

    /// <param name="loop">The loop that accepts.</param>
    /// <param name="descriptor">A listening socket; owned from here on.</param>
    /// <param name="isInherited">Whether the socket is inherited, so that its queue outlives this listener.</param>
    /// <param name="accepted">
    /// Gets each new descriptor on the loop, and owns it. False: it was one of the last, and accepting pauses.
    /// </param>
    /// <param name="clientWaits">
    /// Called on the loop, after <see cref="Stop"/>, when a client is in the queue of an inherited socket: it waits for the next process.
    /// </param>
    /// <param name="logger">For the pauses of accepting.</param>
    public Listener(EventLoop loop, int descriptor, bool isInherited, Func<int, bool> accepted, Action clientWaits, ILogger logger)
    {
        this.loop = loop;
        this.isInherited = isInherited;
        this.accepted = accepted;
        this.clientWaits = clientWaits;
        this.logger = logger;
        pauses = loop.CreateDeadlines(Pause);
        pause = new Deadline(this);
        socket = LoopSocket.Adopt(loop, descriptor, listening: true);
    }

    /// <summary>Accepts until <see cref="Stop"/>; started on the loop.</summary>
    public async Task RunAsync()
    {
        for (var turn = 1; !stopped; turn++)
        {
            var descriptor = socket.Accept();
            if (descriptor >= 0 && !accepted(descriptor))
                descriptor = -Libc.Emfile;
            if (descriptor < 0 && await RecoverAsync(-descriptor))
                turn = 0;
            if (turn == TurnLength)
            {
                turn = 0;
                await loop.Yield();
            }
        }
        // Only an inherited socket is still open here, and a connection is in its queue: that ended the wait, or there was none.
        if (!closed)
            clientWaits();
    }

    /// <summary>
    /// Stops accepting; on the loop. A socket of our own is closed once its queue is empty, so that no client is reset. The queue of an
    /// inherited one is left to the next process: it is watched, and not shut down, which would affect that process.
    /// </summary>
    public void Stop()
    {
        if (stopped)
            return;
        stopped = true;
        if (isInherited)
            return;
        for (var descriptor = socket.Accept(); descriptor >= 0; descriptor = socket.Accept())
            accepted(descriptor);
        Close();
    }

    /// <summary>From now on the queue is left to the next process, as that of an inherited socket is; on the loop.</summary>
    public void HandOver() => isInherited = true;

    /// <summary>Stops and closes; on the loop.</summary>
    public void Dispose()
    {
        Stop();
        Close();
    }

    void IDeadlineOwner.Expired()
    {
        var resumed = resume;
        resume = null;
        resumed?.Invoke();
    }

    /// <summary>An inherited socket stays in the epoll set because it is open elsewhere; its events are ignored.</summary>
    private void Close()
    {
        closed = true;
        pause.Disarm();
        socket.Dispose();
    }

    /// <returns>Whether it waited.</returns>
    private async ValueTask<bool> RecoverAsync(int error)
    {
        switch (error)
        {
            case Libc.Eagain:
                await socket.Readable();
                return true;
            case Libc.Emfile or Libc.Enfile or Libc.Enobufs or Libc.Enomem:
                logger.AcceptPaused((long)Pause.TotalMilliseconds, Marshal.GetPInvokeErrorMessage(error));
                pauses.Arm(pause);
                await new PauseAwaitable(this);
                return true;
            default:
                // ECONNABORTED, and network errors that accept(2) passes on, concern only the connection that was lost.
                return false;
        }
    }

    private readonly struct PauseAwaitable(Listener listener) : System.Runtime.CompilerServices.INotifyCompletion
    {
        public bool IsCompleted => false;

        public PauseAwaitable GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => listener.resume = continuation;
    }
}
