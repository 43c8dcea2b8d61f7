namespace Heliograph.Demo;

/// <summary>How evenly byte values are spread: random bytes and good ciphertext have 8 bits per byte, text has 4 or 5.</summary>
internal static class Entropy
{
    /// <summary>Shannon's entropy, in bits per byte.</summary>
    public static double BitsPerByte(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        Span<long> counts = stackalloc long[256];
        var total = 0L;
        foreach (var piece in pieces)
        {
            foreach (var value in piece.Span)
                counts[value]++;
            total += piece.Length;
        }
        var bits = 0.0;
        foreach (var count in counts)
        {
            if (count > 0)
                bits -= (double)count / total * Math.Log2((double)count / total);
        }
        return bits;
    }
}
