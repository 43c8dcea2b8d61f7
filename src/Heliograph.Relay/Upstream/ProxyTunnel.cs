using Heliograph.Relay.Loop;

namespace Heliograph.Relay.Upstream;

/// <summary>Has an upstream proxy connect, on the loop, within a time that includes every byte of its answer.</summary>
internal sealed class ProxyTunnel : IDeadlineOwner
{
    private readonly LoopSocket socket;
    private bool timedOut;

    private ProxyTunnel(LoopSocket socket) => this.socket = socket;

    /// <returns>Why there is no tunnel; null: the socket is one.</returns>
    public static async ValueTask<ProxyFault?> OpenAsync(LoopSocket socket, ProxyConversation conversation, DeadlineQueue timeouts)
    {
        var tunnel = new ProxyTunnel(socket);
        var deadline = new Deadline(tunnel);
        timeouts.Arm(deadline);
        while (!conversation.IsOver)
        {
            var sends = !conversation.Output.IsEmpty;
            switch (sends ? Send(socket, conversation) : Receive(socket, conversation))
            {
                case IoStatus.Done:
                    break;
                case IoStatus.WouldBlock:
                    // False: it was cancelled, and the next call says so.
                    _ = sends ? await socket.Writable() : await socket.Readable();
                    break;
                default:
                    conversation.Closed();
                    break;
            }
        }
        deadline.Disarm();
        return tunnel.timedOut ? ProxyFault.TimedOut : conversation.Fault;
    }

    void IDeadlineOwner.Expired()
    {
        timedOut = true;
        socket.Cancel();
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
