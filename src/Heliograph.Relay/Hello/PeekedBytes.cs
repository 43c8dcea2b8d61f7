using Heliograph.Relay.Loop;
using Heliograph.Relay.Relaying;

namespace Heliograph.Relay.Hello;

/// <summary>Reads a channel until its first bytes are a ClientHello or cannot become one. The bytes are kept, to be passed on untouched.</summary>
internal static class PeekedBytes
{
    /// <summary>Peeks.</summary>
    /// <param name="channel">Where the bytes come from.</param>
    /// <param name="loop">Its loop.</param>
    /// <param name="peeked">Gets every byte that was read, whatever the answer.</param>
    /// <returns>The hello; null when there is none; <see cref="HelloPeek.Ended"/> when the client ended or the wait was cancelled before that was clear.</returns>
    public static async ValueTask<HelloPeek> ReadHelloAsync(Channel channel, RelayLoop loop, PendingBytes peeked)
    {
        while (true)
        {
            switch (Read(channel, loop.Scratch, peeked, out var hello))
            {
                case IoStatus.Done:
                    return new HelloPeek(hello, Ended: null);
                case null:
                    await loop.Events.Yield();
                    break;
                case IoStatus.WouldBlock:
                    // The answer to something read before (a TLS alert, a KeyUpdate) may still wait.
                    if (channel.HasOutput && !channel.Flush())
                        return new HelloPeek(null, IoStatus.Broken);
                    if (!await channel.Socket.Readable())
                        return new HelloPeek(null, IoStatus.Broken);
                    break;
                case var ended:
                    return new HelloPeek(null, ended);
            }
        }
    }

    /// <summary>Null: what came so far told nothing, and the other connections have their turn.</summary>
    private static IoStatus? Read(Channel channel, Span<byte> scratch, PendingBytes peeked, out ClientHello? hello)
    {
        hello = null;
        while (peeked.Count < ClientHelloReader.LongestHello)
        {
            var read = channel.Read(scratch[..Channel.SmallestRead]);
            if (read.Status != IoStatus.Done)
                return read.Status;
            if (read.Count == 0)
                return null;
            peeked.Append(scratch[..read.Count]);
            if (ClientHelloReader.Read(peeked.Span, out hello) != HelloStatus.NeedMore)
                return IoStatus.Done;
        }
        return IoStatus.Done;
    }
}

/// <summary>What a peek found.</summary>
/// <param name="Hello">The hello, or null where the bytes are none.</param>
/// <param name="Ended">Set when the bytes ended before it was clear: <see cref="IoStatus.Closed"/> or <see cref="IoStatus.Broken"/>.</param>
internal sealed record HelloPeek(ClientHello? Hello, IoStatus? Ended);
