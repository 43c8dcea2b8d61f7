using Heliograph.Tls13.Records;

namespace Heliograph.Tls13.Tests.Records;

/// <summary>The record layer against the traces of RFC 8448 section 3, and its keys' life: with each library that does AES-GCM.</summary>
public abstract unsafe class RecordLayerTests : IDisposable
{
    private const string ClientSecret = "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5";
    private const string ServerSecret = "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643";

    private const string ClientRecord =
        "1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b" +
        "9819a8a5b46b395bd54a9a20441e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4";

    private const string ServerRecord =
        "17030300432e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b" +
        "36e30efaf97d90e6dffc602dcb501a59a8fcc49c4bf2e5f0a21c0047c2abf332540dd032e167c2955d";

    private static readonly CipherSuite Aes128 = CipherSuite.Find(0x1301)!;
    private static readonly byte[] Content = [.. Enumerable.Range(0, 50).Select(static value => (byte)value)];

    private readonly RecordLayer records;

    private protected RecordLayerTests(IpsecMb? ipsecMb) => records = new(ipsecMb);

    public void Dispose()
    {
        records.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(ServerSecret, "9f02283b6c9c07efc26bb9f2ac92e356")]
    [InlineData(ClientSecret, "17422dda596ed5d9acd890e3c63f5051")]
    public void Derives_the_keys_of_RFC_8448(string secret, string key)
    {
        using var derived = Key(secret);

        Assert.Equal(key, Convert.ToHexStringLower(derived.Key));
    }

    [Fact]
    public void Opens_the_clients_record_of_RFC_8448()
    {
        using var key = Key(ClientSecret);

        Assert.Equal(Content, Unprotect(key, Convert.FromHexString(ClientRecord), out var type));
        Assert.Equal(ContentType.ApplicationData, type);
    }

    /// <remarks>One session ticket went before: the server's application data is its second record.</remarks>
    [Fact]
    public void Protects_the_servers_record_of_RFC_8448()
    {
        using var key = new TrafficKey(Aes128, Convert.FromHexString(ServerSecret), records: 1);

        var content = new ReadOnlySpan<byte>(Content);
        var record = records.Protect(key, ContentType.ApplicationData, ref content);

        Assert.Equal(ServerRecord, Convert.ToHexStringLower(record));
        Assert.True(content.IsEmpty);
    }

    [Fact]
    public void Refuses_a_record_that_is_one_bit_off_anywhere_and_leaves_nothing_of_its_content()
    {
        for (var bit = 0; bit < ClientRecord.Length / 2 * 8; bit++)
        {
            var record = Convert.FromHexString(ClientRecord);
            record[bit / 8] ^= (byte)(1 << (bit % 8));
            using var key = Key(ClientSecret);
            var destination = new byte[record.Length];
            fixed (byte* start = record, content = destination)
                Assert.Equal(-1, records.Unprotect(key, start, record.Length, content, out _));
            Assert.All(destination, static value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void Two_connections_take_turns_on_one_layer()
    {
        using var first = Key(ClientSecret);
        using var second = Key(ServerSecret);
        using var firstPeer = Key(ClientSecret);
        using var secondPeer = Key(ServerSecret);
        for (var turn = 0; turn < 5; turn++)
        {
            foreach (var (own, peer) in new[] { (first, firstPeer), (second, secondPeer), (second, secondPeer) })
            {
                var content = new ReadOnlySpan<byte>(Content);
                Assert.Equal(Content, Unprotect(peer, records.Protect(own, ContentType.ApplicationData, ref content).ToArray(), out _));
            }
        }
    }

    [Fact]
    public void Splits_content_into_full_records_and_leaves_what_does_not_fit()
    {
        using var key = Key(ServerSecret);
        var content = new ReadOnlySpan<byte>(new byte[9 * RecordLayer.LargestContent]);

        var written = records.Protect(key, ContentType.ApplicationData, ref content);

        Assert.Equal(RecordLayer.ReceiveSize, written.Length);
        Assert.Equal(RecordLayer.LargestContent, content.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(9_500)]
    [InlineData(RecordLayer.LargestContent)]
    public void A_padded_record_has_the_length_that_was_asked_for_and_the_content_alone_comes_out(int length)
    {
        var sent = new byte[length];
        Random.Shared.NextBytes(sent);
        using var own = Key(ServerSecret);
        using var peer = Key(ServerSecret);
        foreach (var padding in new[] { 0, 1, 2, 15, 16, 17, RecordLayer.LargestContent - length })
        {
            var recordLength = Math.Min(length + RecordLayer.Overhead + padding, RecordLayer.LargestContent + RecordLayer.Overhead);
            var content = new ReadOnlySpan<byte>(sent);
            var record = records.ProtectPadded(own, ref content, recordLength).ToArray();

            Assert.True(content.IsEmpty);
            Assert.Equal(recordLength, record.Length);
            Assert.Equal(recordLength - RecordLayer.HeaderLength, (record[3] << 8) | record[4]);
            Assert.Equal(sent, Unprotect(peer, record, out var type));
            Assert.Equal(ContentType.ApplicationData, type);
        }
    }

    [Fact]
    public void No_padding_makes_a_record_longer_than_TLS_allows()
    {
        using var key = Key(ServerSecret);

        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            var content = new ReadOnlySpan<byte>(Content);
            records.ProtectPadded(key, ref content, RecordLayer.LargestContent + RecordLayer.Overhead + 1);
        });
    }

    [Fact]
    public void The_generations_of_a_key_agree_with_the_peers()
    {
        using var own = Key(ClientSecret);
        var peer = new Heliograph.Testing.Tls13.Tls13Keys("TLS_AES_128_GCM_SHA256", Convert.FromHexString(ClientSecret));
        for (var generation = 0; generation < 3; generation++)
        {
            Assert.Equal(Content, Unprotect(own, peer.Protect(23, Content), out _));
            own.Update();
            peer.Update();
        }
    }

    public sealed class ByOpenSsl() : RecordLayerTests(ipsecMb: null);

    public sealed class ByIpsecMb() : RecordLayerTests(InstalledIpsecMb.Require());

    private static TrafficKey Key(string secret) => new(Aes128, Convert.FromHexString(secret), records: 0);

    private byte[]? Unprotect(TrafficKey key, byte[] record, out ContentType type)
    {
        var content = new byte[record.Length];
        fixed (byte* start = record, destination = content)
        {
            var length = records.Unprotect(key, start, record.Length, destination, out type);
            return length < 0 ? null : content[..length];
        }
    }
}
