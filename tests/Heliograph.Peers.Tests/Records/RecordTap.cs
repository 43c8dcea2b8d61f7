using System.Buffers.Binary;
using Heliograph.Testing.Streams;

namespace Heliograph.Peers.Tests.Records;

/// <summary>Below a client's TLS: sees how long each record is that the server sends.</summary>
internal sealed class RecordTap(Stream below) : StreamOverStream(below)
{
    private const int HeaderLength = 5;

    private readonly List<byte> header = [];
    private int left;

    /// <summary>The type and the length of each record so far.</summary>
    public List<(byte Type, int Length)> Records { get; } = [];

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await base.ReadAsync(buffer, cancellationToken);
        See(buffer.Span[..count]);
        return count;
    }

    private void See(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var skipped = Math.Min(left, bytes.Length);
            left -= skipped;
            bytes = bytes[skipped..];
            var taken = Math.Min(HeaderLength - header.Count, bytes.Length);
            header.AddRange(bytes[..taken]);
            bytes = bytes[taken..];
            if (header.Count < HeaderLength)
                continue;
            left = BinaryPrimitives.ReadUInt16BigEndian([header[3], header[4]]);
            Records.Add((header[0], left));
            header.Clear();
        }
    }
}
