using Heliograph.Relay.Loop;
using Heliograph.Tls13.Hello;

namespace Heliograph.Relay.Relaying;

/// <summary>Recognizes the first bytes. False: there are too few to tell.</summary>
internal delegate bool Recognizer<T>(ReadOnlySpan<byte> bytes, out T found);

/// <summary>Reads a channel until its first bytes are recognized. The bytes are kept, and passed on untouched.</summary>
internal static class PeekedBytes
{
    private static readonly Recognizer<ClientHello?> RecognizeHello =
        static (bytes, out hello) => ClientHelloReader.Read(bytes, out hello) != HelloStatus.NeedMore;

    private static readonly Recognizer<ClientHello?> RecognizeAnything = static (bytes, out hello) =>
    {
        // What one read brought, as far as a hello is in it: nothing waits for the rest.
        _ = ClientHelloReader.Read(bytes, out hello);
        return true;
    };

    /// <summary>Peeks for a ClientHello; <see cref="Peek{T}.Found"/> is null if the bytes are not one.</summary>
    public static ValueTask<Peek<ClientHello?>> ReadHelloAsync(Channel channel, RelayLoop loop, PendingBytes peeked) =>
        ReadAsync(channel, loop, peeked, ClientHelloReader.LongestHello, RecognizeHello);

    /// <summary>Peeks no further than the first bytes, whatever they are.</summary>
    public static ValueTask<Peek<ClientHello?>> ReadFirstAsync(Channel channel, RelayLoop loop, PendingBytes peeked) =>
        ReadAsync(channel, loop, peeked, ClientHelloReader.LongestHello, RecognizeAnything);

    /// <summary>Peeks.</summary>
    /// <param name="channel">Where the bytes come from.</param>
    /// <param name="loop">Its loop.</param>
    /// <param name="peeked">Gets every byte that is read, whatever the result; may already hold bytes.</param>
    /// <param name="longest">After this many bytes no more are read.</param>
    /// <param name="recognize">Gets all of <paramref name="peeked"/> each time it has grown.</param>
    public static async ValueTask<Peek<T>> ReadAsync<T>(
        Channel channel, RelayLoop loop, PendingBytes peeked, int longest, Recognizer<T> recognize)
    {
        if (peeked.Count > 0 && recognize(peeked.Span, out var early))
            return new Peek<T>(early, Ended: null);
        while (true)
        {
            switch (Read(channel, loop.Scratch, peeked, longest, recognize, out var found))
            {
                case IoStatus.Done:
                    return new Peek<T>(found, Ended: null);
                case null:
                    await loop.Events.Yield();
                    break;
                case IoStatus.WouldBlock:
                    // An answer to what was read before (a TLS alert, a KeyUpdate) may still wait.
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

    /// <summary>Null: nothing new came, and the other connections get their turn.</summary>
    private static IoStatus? Read<T>(
        Channel channel, Span<byte> scratch, PendingBytes peeked, int longest, Recognizer<T> recognize, out T found)
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
            if (recognize(peeked.Span, out found))
                return IoStatus.Done;
        }
        return IoStatus.Done;
    }
}

/// <summary>What a peek found.</summary>
/// <param name="Found">What was recognized; valid unless the bytes ended before.</param>
/// <param name="Ended">
/// Set if the bytes ended before anything was recognized: <see cref="IoStatus.Closed"/> or <see cref="IoStatus.Broken"/>.
/// </param>
internal sealed record Peek<T>(T Found, IoStatus? Ended);
