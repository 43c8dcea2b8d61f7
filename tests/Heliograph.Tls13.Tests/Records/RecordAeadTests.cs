using Heliograph.Testing;
using Heliograph.Testing.Tls13;
using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Tests.Records;

/// <summary>OpenSSL, ipsec-mb and .NET's AesGcm protect the same records, whatever their lengths and in whatever order.</summary>
public sealed unsafe class RecordAeadTests : IDisposable
{
    private const int Count = 1_000;

    private readonly IpsecMb ipsecMb = InstalledIpsecMb.Require();
    private readonly GuardedMemory input = new(64 * 1024), output = new(64 * 1024);
    private readonly List<IDisposable> owned = [];

    public void Dispose()
    {
        owned.ForEach(static one => one.Dispose());
        input.Dispose();
        output.Dispose();
    }

    /// <remarks>
    /// What is read or written ends just before a page that may not be touched: going one byte too far ends the process. The
    /// seed is printed beforehand for that reason; run again with it: <c>HELIOGRAPH_TEST_SEED=n</c>.
    /// </remarks>
    [Theory]
    [InlineData(0x1301, "TLS_AES_128_GCM_SHA256")]
    [InlineData(0x1302, "TLS_AES_256_GCM_SHA384")]
    public void Records_of_any_length_key_and_generation_are_the_same_by_both_libraries_and_by_NET(int id, string name)
    {
        var seed = TestSeed.Get("Records by both libraries");
        var random = new Random(seed);
        var suite = CipherSuite.Find(id)!;
        using RecordAead openSsl = new OpenSslAead(suite, encrypts: true), openSslOpens = new OpenSslAead(suite, encrypts: false);
        using RecordAead fast = RecordAead.Create(suite, encrypts: true, ipsecMb),
            fastOpens = RecordAead.Create(suite, encrypts: false, ipsecMb);
        Assert.IsType<IpsecMbAead>(fast);
        Assert.IsType<IpsecMbAead>(fastOpens);
        var connections = Enumerable.Range(0, 3).Select(_ => new Connection(suite, name, random, owned)).ToList();

        for (var number = 0; number < Count; number++)
        {
            var connection = connections[random.Next(connections.Count)];
            if (random.Next(20) == 0)
                connection.Update();
            // Every other record is a short one: most of the library's special cases are there.
            var content = new byte[random.Next(number % 2 == 0 ? RecordLayer.LargestContent + 1 : 600)];
            random.NextBytes(content);
            var type = (ContentType)random.Next(1, 256);
            var failure = $"{TestSeed.Variable}={seed}, record {number} of {content.Length} bytes";

            var expected = connection.Net.Protect((byte)type, content);
            Assert.True(
                expected.AsSpan().SequenceEqual(Seal(openSsl, connection.Keys[0], content, type)), $"OpenSSL differs from .NET: {failure}");
            Assert.True(
                expected.AsSpan().SequenceEqual(Seal(fast, connection.Keys[1], content, type)), $"ipsec-mb differs from .NET: {failure}");
            byte[] plain = [.. content, (byte)type];
            Assert.True(
                plain.AsSpan().SequenceEqual(Open(openSslOpens, connection.Keys[2], expected)),
                $"OpenSSL does not open what .NET sealed: {failure}");
            Assert.True(
                plain.AsSpan().SequenceEqual(Open(fastOpens, connection.Keys[3], expected)),
                $"ipsec-mb does not open what .NET sealed: {failure}");
        }
    }

    [Theory]
    [InlineData(0x1301, 1)]
    [InlineData(0x1301, 300)]
    [InlineData(0x1302, 300)]
    [InlineData(0x1302, RecordLayer.LargestContent)]
    public void A_bit_that_is_off_in_header_content_or_tag_is_refused_by_both(int id, int length)
    {
        var suite = CipherSuite.Find(id)!;
        using RecordAead seals = new OpenSslAead(suite, encrypts: true), openSsl = new OpenSslAead(suite, encrypts: false),
            fast = RecordAead.Create(suite, encrypts: false, ipsecMb);
        using var sealingKey = Key(suite);
        var record = Seal(seals, sealingKey, new byte[length], ContentType.ApplicationData).ToArray();
        // Every byte of header and tag, and some of the content between them.
        var positions = Enumerable
            .Range(0, record.Length)
            .Where(at => at < RecordLayer.HeaderLength + 20 || at >= record.Length - 20 || at % 509 == 0);
        foreach (var at in positions)
        {
            record[at] ^= 1 << 4;
            foreach (var aead in new[] { openSsl, fast })
            {
                using var key = Key(suite);
                Assert.True(Open(aead, key, record).IsEmpty, $"byte {at} by {aead.GetType().Name}");
            }
            record[at] ^= 1 << 4;
        }
        using var last = Key(suite);
        Assert.Equal(length + 1, Open(fast, last, record).Length);
    }

    [Fact]
    public void ChaCha20_stays_with_OpenSSL()
    {
        using var aead = RecordAead.Create(CipherSuite.Find(0x1303)!, encrypts: true, ipsecMb);
        Assert.IsType<OpenSslAead>(aead);
    }

    private static TrafficKey Key(CipherSuite suite) => new(suite, Enumerable.Repeat((byte)7, suite.HashLength).ToArray(), records: 0);

    private ReadOnlySpan<byte> Seal(RecordAead aead, TrafficKey key, byte[] content, ContentType type)
    {
        var length = content.Length + RecordLayer.Overhead;
        var fragment = content.Length + 1 + CipherSuite.TagLength;
        var record = output.Place(new byte[length]);
        byte[] header = [23, 3, 3, (byte)(fragment >> 8), (byte)fragment];
        fixed (byte* start = record)
        {
            header.CopyTo(new Span<byte>(start, length));
            fixed (byte* from = input.Place(content))
                aead.Seal(key, start, from, content.Length, type);
        }
        return record;
    }

    /// <summary>Content, type and padding; empty: refused.</summary>
    private ReadOnlySpan<byte> Open(RecordAead aead, TrafficKey key, byte[] record)
    {
        var length = record.Length - RecordLayer.HeaderLength - CipherSuite.TagLength;
        var opened = output.Place(new byte[length]);
        fixed (byte* start = input.Place(record), destination = opened)
            return aead.Open(key, start, length, destination) ? opened : [];
    }

    /// <summary>One key four times, as each of four sides counts for itself, and .NET's.</summary>
    private sealed class Connection
    {
        public Connection(CipherSuite suite, string name, Random random, List<IDisposable> owned)
        {
            var secret = new byte[suite.HashLength];
            random.NextBytes(secret);
            Keys = [.. Enumerable.Range(0, 4).Select(_ => new TrafficKey(suite, secret, records: 0))];
            Net = new Tls13Keys(name, secret);
            owned.AddRange(Keys);
        }

        public TrafficKey[] Keys { get; }

        public Tls13Keys Net { get; }

        public void Update()
        {
            foreach (var key in Keys)
                key.Update();
            Net.Update();
        }
    }
}
