using Heliograph.Relay.ProxyProtocol;
using Heliograph.Testing;

namespace Heliograph.Relay.Tests.ProxyProtocol;

public sealed class ProxyHeaderMutationTests
{
    private const int Count = 100_000;

    /// <summary>The seed is printed beforehand, because a read out of range does not fail the test but ends the process.</summary>
    [Fact]
    public void Mutated_headers_never_throw_nor_read_past_their_end_nor_contradict_their_prefixes()
    {
        var seed = TestSeed.Get("Mutated PROXY headers");
        var random = new Random(seed);
        using var memory = new GuardedMemory(16 * 1024);
        var answers = new int[Enum.GetValues<ProxyHeaderStatus>().Length];

        for (var number = 0; number < Count; number++)
        {
            var bytes = Mutate(random);
            try
            {
                var whole = Read(memory.Place(bytes));
                answers[(int)whole.Status]++;
                var prefix = Read(memory.Place(bytes.AsSpan(0, random.Next(bytes.Length + 1))));
                Assert.True(
                    prefix.Status == whole.Status || prefix.Status == ProxyHeaderStatus.NeedMore,
                    $"a prefix is {prefix.Status}, the whole {whole.Status}");
            }
            catch (Exception exception)
            {
                Assert.Fail($"{TestSeed.Variable}={seed}, header {number}: {exception}\n{Convert.ToHexString(bytes)}");
            }
        }

        // Mutations that never got past the first check would show nothing.
        Assert.All(
            answers, count => Assert.True(count > Count / 1000, $"answers: {string.Join(", ", answers)}; {TestSeed.Variable}={seed}"));
    }

    private static ProxyHeader Read(ReadOnlySpan<byte> bytes)
    {
        var header = ProxyHeaderReader.Read(bytes);
        Assert.InRange(header.Length, 0, bytes.Length);
        Assert.Equal(header.Status == ProxyHeaderStatus.Header, header.Length > 0);
        Assert.False(
            header.Status == ProxyHeaderStatus.NeedMore && bytes.Length >= ProxyHeaderReader.LongestHeader, "wants more than the bound");
        return header;
    }

    private static byte[] Mutate(Random random)
    {
        var bytes = (byte[])HeaderBytes.Valid[random.Next(HeaderBytes.Valid.Count)].Clone();
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Length > 0; changes--)
        {
            // Half of the changes fall behind the signature, where the lengths are.
            var at = random.Next(2) == 0 ? random.Next(bytes.Length) : Math.Min(random.Next(12, 48), bytes.Length - 1);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes = bytes[..at];
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 9))..]];
                    break;
                default:
                    var more = new byte[random.Next(1, 9)];
                    random.NextBytes(more);
                    bytes = [.. bytes[..at], .. more, .. bytes[at..]];
                    break;
            }
        }
        return bytes;
    }
}
