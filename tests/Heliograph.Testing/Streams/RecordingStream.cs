using System.Security.Cryptography;

namespace Heliograph.Testing.Streams;

/// <summary>Counts and hashes what is read, and keeps its beginning.</summary>
public sealed class RecordingStream : StreamOverStream
{
    private const int KeptBytes = 64 * 1024;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly MemoryStream beginning = new();
    private long received;
    private long sent;

    public RecordingStream(Stream below) : base(below)
    {
    }

    /// <summary>Bytes read so far.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>Bytes whose write has completed.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <summary>The first 64 KB that were read.</summary>
    public byte[] Beginning()
    {
        lock (beginning)
            return beginning.ToArray();
    }

    /// <summary>SHA-256 of what was read so far.</summary>
    public byte[] ReceivedHash()
    {
        lock (beginning)
            return hash.GetCurrentHash();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await base.ReadAsync(buffer, cancellationToken);
        lock (beginning)
        {
            hash.AppendData(buffer.Span[..count]);
            beginning.Write(buffer.Span[..(int)Math.Min(count, KeptBytes - beginning.Length)]);
        }
        Interlocked.Add(ref received, count);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await base.WriteAsync(buffer, cancellationToken);
        Interlocked.Add(ref sent, buffer.Length);
    }

    protected override void Dispose(bool disposing)
    {
        // The hash and the beginning stay readable: a test checks them after the connection has ended.
        base.Dispose(disposing);
    }
}
