using Heliograph.Relay.Loop;
using Heliograph.Tls13.Hello;

namespace Heliograph.Relay.Relaying;

/// <summary>Looks at the first bytes. False: too few to tell.</summary>
internal delegate bool Look<T>(ReadOnlySpan<byte> bytes, out T found);

/// <summary>Reads a channel until it is clear what its first bytes are. The bytes are kept, to be passed on untouched.</summary>
internal static class PeekedBytes
{
    private static readonly Look<ClientHello?> LookForHello =
        static (bytes, out hello) => ClientHelloReader.Read(bytes, out hello) != HelloStatus.NeedMore;

    /// <summary>Peeks for a ClientHello; <see cref="Peek{T}.Found"/> is null where the bytes are none.</summary>
    public static ValueTask<Peek<ClientHello?>> ReadHelloAsync(Channel channel, RelayLoop loop, PendingBytes peeked) =>
        ReadAsync(channel, loop, peeked, ClientHelloReader.LongestHello, LookForHello);

    /// <summary>Peeks.</summary>
    /// <param name="channel">Where the bytes come from.</param>
    /// <param name="loop">Its loop.</param>
    /// <param name="peeked">May have bytes that were read before; gets every byte that is read, whatever the answer.</param>
    /// <param name="longest">With so many bytes it is clear.</param>
    /// <param name="look">Sees all of <paramref name="peeked"/> each time that it has grown.</param>
    public static async ValueTask<Peek<T>> ReadAsync<T>(Channel channel, RelayLoop loop, PendingBytes peeked, int longest, Look<T> look)
    {
        if (peeked.Count > 0 && look(peeked.Span, out var early))
            return new Peek<T>(early, Ended: null);
        while (true)
        {
            switch (Read(channel, loop.Scratch, peeked, longest, look, out var found))
            {
                case IoStatus.Done:
                    return new Peek<T>(found, Ended: null);
                case null:
                    await loop.Events.Yield();
                    break;
                case IoStatus.WouldBlock:
                    // The answer to something read before (a TLS alert, a KeyUpdate) may still wait.
                    if (channel.HasOutput && !channel.Flush())
                        return new Peek<T>(default!, IoStatus.Broken);
                    if (!await channel.Socket.Readable())
                        return new Peek<T>(default!, IoStatus.Broken);
                    break;
                case var ended:
                    return new Peek<T>(default!, ended);
            }
        }
    }

    /// <summary>Null: what came so far told nothing, and the other connections have their turn.</summary>
    private static IoStatus? Read<T>(Channel channel, Span<byte> scratch, PendingBytes peeked, int longest, Look<T> look, out T found)
    {
        found = default!;
        while (peeked.Count < longest)
        {
            var read = channel.Read(scratch[..Channel.SmallestRead]);
            if (read.Status != IoStatus.Done)
                return read.Status;
            if (read.Count == 0)
                return null;
            peeked.Append(scratch[..read.Count]);
            if (look(peeked.Span, out found))
                return IoStatus.Done;
        }
        return IoStatus.Done;
    }
}

/// <summary>What a peek found.</summary>
/// <param name="Found">What the bytes are, unless they ended before that was clear.</param>
/// <param name="Ended">Set when the bytes ended before it was clear: <see cref="IoStatus.Closed"/> or <see cref="IoStatus.Broken"/>.</param>
internal sealed record Peek<T>(T Found, IoStatus? Ended);
