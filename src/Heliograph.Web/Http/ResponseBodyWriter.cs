using System.Buffers;
using System.Text;

namespace Heliograph.Web.Http;

/// <summary>Sends an answer's body after its head, in as few writes as the parts allow.</summary>
internal static class ResponseBodyWriter
{
    private const int ChunkSize = 32 * 1024;

    private static readonly byte[] ChunkEnd = Encoding.ASCII.GetBytes("\r\n");
    private static readonly byte[] LastChunk = Encoding.ASCII.GetBytes("0\r\n\r\n");

    /// <summary><paramref name="response"/> null for the head alone.</summary>
    public static async Task SendAsync(ClientSocket client, ReadOnlyMemory<byte> head, Response? response)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            var used = 0;
            used = await AppendAsync(client, chunk, used, head);
            foreach (var part in response?.Body ?? [])
            {
                if (response!.IsGzip)
                    used = await AppendAsync(client, chunk, used, Encoding.ASCII.GetBytes($"{part.Bytes.Length:x}\r\n"));
                used = await AppendAsync(client, chunk, used, part.Bytes);
                if (response.IsGzip)
                    used = await AppendAsync(client, chunk, used, ChunkEnd);
                for (var at = part.FileRange.Start; at < part.FileRange.End;)
                {
                    var room = (int)Math.Min(chunk.Length - used, part.FileRange.End - at);
                    var read = await response.File!.ReadAsync(at, chunk.AsMemory(used, room), client.Deadline);
                    // The file shrank while it was sent: its length is already announced, so the connection ends here.
                    if (read == 0)
                        throw new EndOfStreamException();
                    at += read;
                    used += read;
                    if (used == chunk.Length)
                    {
                        await client.SendAsync(chunk.AsMemory(0, used));
                        used = 0;
                    }
                }
            }
            if (response is { IsGzip: true })
                used = await AppendAsync(client, chunk, used, LastChunk);
            await client.SendAsync(chunk.AsMemory(0, used));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static async ValueTask<int> AppendAsync(ClientSocket client, byte[] chunk, int used, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, chunk.Length - used);
            bytes[..count].CopyTo(chunk.AsMemory(used));
            bytes = bytes[count..];
            used += count;
            if (used == chunk.Length)
            {
                await client.SendAsync(chunk);
                used = 0;
            }
        }
        return used;
    }
}
