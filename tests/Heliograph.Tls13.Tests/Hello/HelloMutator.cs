using Heliograph.Testing.Hellos;

namespace Heliograph.Tls13.Tests.Hello;

/// <summary>Makes wrong hellos of right ones.</summary>
internal sealed class HelloMutator(Random random)
{
    private static readonly byte[] Extremes = [0, 1, 2, 3, 0x7f, 0x80, 0xfe, 0xff];
    private static readonly IReadOnlyList<byte[]> Seeds = [.. HelloFixture.Names.Select(name => HelloFixture.Load(name).Bytes)];

    public byte[] Next()
    {
        var bytes = Seeds[random.Next(Seeds.Count)];
        if (random.Next(3) == 0)
            bytes = Records.Fragment(bytes, random.Next(1, 400));

        for (var changes = random.Next(1, 6); changes > 0 && bytes.Length > 0; changes--)
            bytes = Change(bytes);
        return bytes;
    }

    private byte[] Change(byte[] bytes)
    {
        // Half of the changes fall on the first 150 bytes, where the lengths are.
        var at = random.Next(random.Next(2) == 0 ? Math.Min(150, bytes.Length) : bytes.Length);
        var run = Math.Min(random.Next(1, 40), bytes.Length - at);
        var changed = (byte[])bytes.Clone();
        switch (random.Next(8))
        {
            case 0:
                changed[at] ^= (byte)(1 << random.Next(8));
                return changed;
            case 1:
                changed[at] = Extremes[random.Next(Extremes.Length)];
                return changed;
            case 2:
                changed[at] += (byte)random.Next(-2, 3);
                return changed;
            case 3:
                random.NextBytes(changed.AsSpan(at, run));
                return changed;
            case 4:
                return [.. bytes[..at], .. bytes[(at + run)..]];
            case 5:
                return [.. bytes[..(at + run)], .. bytes[at..]];
            case 6:
                return bytes[..at];
            default:
                var other = Seeds[random.Next(Seeds.Count)];
                return [.. bytes[..at], .. other[random.Next(other.Length)..]];
        }
    }
}
