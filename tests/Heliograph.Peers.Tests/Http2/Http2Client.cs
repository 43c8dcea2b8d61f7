using System.Buffers.Binary;
using System.Net;
using Heliograph.Peers.Tests.Servers;
using Heliograph.Testing.Tls13;

namespace Heliograph.Peers.Tests.Http2;

/// <summary>An HTTP/2 client over TLS 1.3 that sends what a case wants, and tells every frame that comes back.</summary>
internal sealed class Http2Client : IDisposable
{
    private const int HeaderLength = 9;
    private const int LargestRecord = 16 * 1024;

    private static readonly byte[] Payload = "the end!"u8.ToArray();

    private readonly RawHandshake tls;
    private readonly List<string> frames = [];
    private readonly HashSet<uint> ended = [];
    private int read;

    private Http2Client(RawHandshake tls) => this.tls = tls;

    /// <summary>Performs the handshake; not even the preface is sent.</summary>
    public static async Task<Http2Client> ConnectAsync(IPEndPoint server, Story story, TimeSpan silence = default)
    {
        var tls = await RawHandshake.ConnectAsync(server, story.CancellationToken);
        var client = new Http2Client(tls);
        story.Add(client, client.Tell);
        await Task.Delay(silence, story.CancellationToken);
        await tls.OfferAsync(RawHello.Ordinary.WithProtocols("h2", "http/1.1"));
        Assert.Equal(Flight.Finished, await tls.ReadFlightAsync());
        await tls.SendAsync(tls.ProtectFinished());
        await tls.ReadTicketsAsync(2);
        return client;
    }

    public async Task SendAsync(params byte[][] frames)
    {
        foreach (var part in frames.SelectMany(static frame => frame).Chunk(LargestRecord))
            await tls.SendAsync(tls.Sending.Protect(23, part));
    }

    /// <summary>
    /// Sends frames and close_notify, which arrive together, behind the server's preface: whether it sends that to a client that has left
    /// by then is chance.
    /// </summary>
    public async Task LeaveAsync(params byte[][] frames)
    {
        while (tls.Data.IsEmpty && await tls.ReadRecordAsync())
        {
        }
        var said = frames.Length == 0 ? [] : tls.Sending.Protect(23, [.. frames.SelectMany(static frame => frame)]);
        await tls.SendAsync([.. said, .. tls.Sending.Protect(21, [1, 0])]);
    }

    /// <summary>FIN.</summary>
    public void EndSending() => tls.EndSending();

    /// <summary>Sends a PING and reads until it is acknowledged and as many streams have ended, or the server has closed.</summary>
    /// <param name="streams">How many streams have an answer, or a reset, by then.</param>
    /// <returns>False: the server has closed.</returns>
    public async Task<bool> PauseAsync(int streams)
    {
        await SendAsync(Frames.Ping(Payload));
        var isAcknowledged = false;
        while (!isAcknowledged || ended.Count < streams)
        {
            if (Next() is not var (type, payload))
            {
                if (!await tls.ReadRecordAsync())
                    return false;
                continue;
            }
            isAcknowledged |= type == 6 && payload.AsSpan().SequenceEqual(Payload);
        }
        return true;
    }

    /// <summary>Reads to the end.</summary>
    public async Task ReadToEndAsync()
    {
        while (await tls.ReadRecordAsync())
        {
        }
    }

    public void Dispose() => tls.Dispose();

    // Also of a conversation that was given up.
    private string Tell()
    {
        while (Next() is not null)
        {
        }
        return string.Join('\n', [tls.Story, .. frames]);
    }

    private (byte Type, byte[] Payload)? Next()
    {
        var rest = tls.Data[read..];
        if (rest.Length < HeaderLength)
            return null;
        var length = BinaryPrimitives.ReadInt32BigEndian(rest) >>> 8;
        if (rest.Length < HeaderLength + length)
            return null;
        var payload = rest.Slice(HeaderLength, length).ToArray();
        read += HeaderLength + length;
        var (type, flags, stream) = (rest[3], rest[4], BinaryPrimitives.ReadUInt32BigEndian(rest[5..]));
        var told = length > 500 ? $"{length} bytes" : Convert.ToHexString(WithoutDate(type, payload));
        frames.Add($"type {type}, flags {flags}, stream {stream}: {told}");
        if (type == 3 || (type <= 1 && (flags & Frames.EndStream) != 0))
            ended.Add(stream);
        return (type, payload);
    }

    /// <summary>The date follows the server's name; the length of its code changes with its digits.</summary>
    private static byte[] WithoutDate(byte type, byte[] payload)
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
