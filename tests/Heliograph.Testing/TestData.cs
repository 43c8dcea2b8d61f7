using System.Security.Cryptography;

namespace Heliograph.Testing;

/// <summary>Long streams of bytes generated from a seed, so that no test keeps megabytes to compare with.</summary>
public static class TestData
{
    private const int BlockLength = 64 * 1024;

    /// <summary>Writes the stream that belongs to a seed.</summary>
    public static async Task WriteAsync(Stream to, int seed, long length, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(to);
        foreach (var block in Blocks(seed, length))
            await to.WriteAsync(block, cancellationToken);
    }

    /// <summary>SHA-256 of the stream that belongs to a seed.</summary>
    public static byte[] Hash(int seed, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var block in Blocks(seed, length))
            hash.AppendData(block.Span);
        return hash.GetHashAndReset();
    }

    /// <summary>SHA-256 of exactly this many bytes of a stream; throws if it ends early.</summary>
    public static async Task<byte[]> ReadHashAsync(Stream from, long length, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(from);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BlockLength];
        for (var left = length; left > 0;)
        {
            var count = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellationToken);
            if (count == 0)
                throw new EndOfStreamException($"the stream ended {left} of {length} bytes too early");
            hash.AppendData(buffer, 0, count);
            left -= count;
        }
        return hash.GetHashAndReset();
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Blocks(int seed, long length)
    {
        var random = new Random(seed);
        var block = new byte[BlockLength];
        for (var left = length; left > 0; left -= block.Length)
        {
            random.NextBytes(block);
            yield return block.AsMemory(0, (int)Math.Min(block.Length, left));
        }
    }
}
