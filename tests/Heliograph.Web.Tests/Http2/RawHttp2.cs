using System.Buffers.Binary;
using System.Net.Sockets;

namespace Heliograph.Web.Tests.Http2;

/// <summary>HTTP/2 frame by frame.</summary>
internal static class RawHttp2
{
    public const string Closed = "(closed)";

    private static readonly byte[] PingPayload = "the end!"u8.ToArray();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static byte[] Preface { get; } = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    public static byte[] Frame(int type, int flags, int stream, params byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, (payload.Length << 8) | type);
        frame[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    /// <summary>
    /// Sends the bytes and a PING, and returns the frames that arrive until the PING is acknowledged and
    /// <paramref name="streams"/> streams have ended, or the peer closes.
    /// </summary>
    public static async Task<List<string>> ExchangeAsync(Dial dial, byte[] request, int streams)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var socket = await dial(patience.Token);
        var frames = new List<string>();
        try
        {
            byte[] all = [.. request, .. Frame(6, 0, 0, PingPayload)];
            for (var sent = 0; sent < all.Length;)
                sent += await socket.SendAsync(all.AsMemory(sent), patience.Token);
            using var stream = new NetworkStream(socket, ownsSocket: false);
            var head = new byte[9];
            var isAcknowledged = false;
            while (!isAcknowledged || streams > 0)
            {
                if (await stream.ReadAtLeastAsync(head, 9, throwOnEndOfStream: false, patience.Token) < 9)
                {
                    frames.Add(Closed);
                    break;
                }
                var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head) >>> 8];
                await stream.ReadExactlyAsync(payload, patience.Token);
                var id = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5));
                frames.Add($"type {head[3]} flags {head[4]} stream {id}: {Convert.ToHexStringLower(MaskDate(head[3], payload))}");
                isAcknowledged |= head[3] == 6 && payload.AsSpan().SequenceEqual(PingPayload);
                if (
                    (head[3] <= 1 && (head[4] & 1) != 0)
                    || (head[3] == 3 && streams > 0 && !frames.Exists(f => f.Contains($"flags 1 stream {id}:", StringComparison.Ordinal))))
                    streams--;
            }
        }
        catch (SocketException)
        {
            frames.Add(Closed);
        }
        catch (IOException)
        {
            frames.Add(Closed);
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException("The peer went silent after: " + string.Join('\n', frames), exception);
        }
        return frames;
    }

    // The date follows the server's name; the length of its code changes with its digits.
    private static byte[] MaskDate(byte type, byte[] payload)
    {
        const byte Server = 0x76, Date = 0x61;
        for (var at = 0; type == 1 && at + 1 < payload.Length; at++)
        {
            var date = at + 2 + (payload[at + 1] & 0x7f);
            if (payload[at] == Server && date + 1 < payload.Length && payload[date] == Date)
                return [.. payload[..(date + 1)], .. payload[(date + 2 + (payload[date + 1] & 0x7f))..]];
        }
        return payload;
    }
}
