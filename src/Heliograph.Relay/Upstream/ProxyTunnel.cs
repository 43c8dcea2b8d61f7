using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Upstream;

/// <summary>
/// Has an upstream proxy connect, on the loop. Its time began when it was created, so that it includes reaching the proxy.
/// </summary>
internal sealed class ProxyTunnel : IDeadlineOwner, IDisposable
{
    private readonly Deadline deadline;
    private LoopSocket? socket;
    private bool timedOut;

    public ProxyTunnel(DeadlineQueue timeouts)
    {
        deadline = new Deadline(this);
        timeouts.Arm(deadline);
    }

    /// <returns>Why there is no tunnel; null: the socket is one.</returns>
    public async ValueTask<ProxyFault?> OpenAsync(LoopSocket connected, ProxyConversation conversation)
    {
        socket = connected;
        while (!timedOut && !conversation.IsOver)
        {
            var sends = !conversation.Output.IsEmpty;
            switch (sends ? Send(connected, conversation) : Receive(connected, conversation))
            {
                case IoStatus.Done:
                    break;
                case IoStatus.WouldBlock:
                    // False: it was cancelled, and the next call says so.
                    _ = sends ? await connected.Writable() : await connected.Readable();
                    break;
                default:
                    conversation.Closed();
                    break;
            }
        }
        return timedOut ? ProxyFault.TimedOut : conversation.Fault;
    }

    public void Dispose() => deadline.Disarm();

    void IDeadlineOwner.Expired()
    {
        timedOut = true;
        socket?.Cancel();
    }

    private static unsafe IoStatus Send(LoopSocket socket, ProxyConversation conversation)
    {
        fixed (byte* bytes = conversation.Output.Span)
        {
            var sent = socket.Send(bytes, conversation.Output.Length);
            if (sent.Status == IoStatus.Done)
                conversation.Sent(sent.Count);
            return sent.Status;
        }
    }

    private static unsafe IoStatus Receive(LoopSocket socket, ProxyConversation conversation)
    {
        fixed (byte* room = conversation.Room.Span)
        {
            var received = socket.Receive(room, conversation.Room.Length);
            if (received.Status == IoStatus.Done)
                conversation.Received(received.Count);
            return received.Status;
        }
    }
}
