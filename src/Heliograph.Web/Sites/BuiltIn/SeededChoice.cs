using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>
/// Choices that depend on the seed alone. Not <see cref="Random"/>: its numbers may change with the runtime, and the site with
/// them; and nobody who sees the site must be able to recover the seed.
/// </summary>
internal sealed class SeededChoice
{
    private readonly byte[] key;
    private readonly byte[] block = new byte[HMACSHA256.HashSizeInBytes];
    private int used;
    private ulong counter;

    /// <summary>Each purpose has its own stream, so that a new choice in one place changes nothing elsewhere.</summary>
    public SeededChoice(byte[] seed, string purpose)
    {
        key = HMACSHA256.HashData(seed, Encoding.UTF8.GetBytes(purpose));
        used = block.Length;
    }

    public int Below(int end)
    {
        // 2^32 is so much larger than any end here that the bias does not matter.
        return (int)(NextNumber() % (uint)end);
    }

    public int Between(int least, int most) => least + Below(most - least + 1);

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    public bool Chance(int percent) => Below(100) < percent;

    public List<T> Shuffle<T>(IEnumerable<T> items)
    {
        var shuffled = items.ToList();
        for (var i = shuffled.Count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (shuffled[i], shuffled[j]) = (shuffled[j], shuffled[i]);
        }
        return shuffled;
    }

    private uint NextNumber()
    {
        if (used == block.Length)
        {
            Span<byte> input = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(input, counter++);
            HMACSHA256.HashData(key, input, block);
            used = 0;
        }
        var number = BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(used));
        used += sizeof(uint);
        return number;
    }
}
