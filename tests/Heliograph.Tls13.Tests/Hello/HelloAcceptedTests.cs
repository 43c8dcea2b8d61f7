using Heliograph.Tls13.Hello;
using static Heliograph.Testing.Fingerprints.HelloBytes;

namespace Heliograph.Tls13.Tests.Hello;

/// <summary>Unusual hellos that are valid nevertheless.</summary>
public sealed class HelloAcceptedTests
{
    [Fact]
    public void A_hello_without_extensions_has_no_name_and_its_legacy_version()
    {
        var hello = Read(new HelloBuilder { LegacyVersion = 0x0302, Extensions = null });

        Assert.Null(hello.ServerName);
        Assert.Empty(hello.ApplicationProtocols);
        Assert.Equal([0x0302], hello.Versions);
    }

    [Fact]
    public void A_hello_with_an_empty_extension_block_is_a_hello() => Assert.Null(Read(new HelloBuilder { Extensions = [] }).ServerName);

    [Fact]
    public void A_hello_without_a_session_id_is_a_hello() => Assert.NotNull(Read(new HelloBuilder { SessionId = [] }).ServerName);

    [Theory]
    [InlineData("Chat.SIGNAL.org", "chat.signal.org")]
    [InlineData("localhost", "localhost")]
    [InlineData("_dns.a-b.example", "_dns.a-b.example")]
    [InlineData("1.2.3.4.nip.io", "1.2.3.4.nip.io")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    public void A_host_name_comes_out_in_lower_case(string sent, string expected) =>
        Assert.Equal(expected, Read(new HelloBuilder { Extensions = ServerName(sent) }).ServerName);

    [Fact]
    public void The_longest_label_and_the_longest_name_are_accepted()
    {
        var label = new string('a', 63);
        var name = $"{label}.{label}.{label}.{new string('b', 61)}";

        Assert.Equal(253, name.Length);
        Assert.Equal(name, Read(new HelloBuilder { Extensions = ServerName(name) }).ServerName);
    }

    [Fact]
    public void The_extensions_may_stand_in_any_order()
    {
        byte[][] extensions =
        [
            ServerName("a.b"),
            Alpn("h2"),
            SupportedVersions(0x0304),
            Extension(0x3a3a),
            Extension(51, new byte[1300]),
            Extension(0xfafa, 0),
        ];
        for (var turn = 0; turn < extensions.Length; turn++)
        {
            var hello = Read(
                new HelloBuilder { Extensions = [.. extensions[turn..].Concat(extensions[..turn]).SelectMany(bytes => bytes)] });

            Assert.Equal("a.b", hello.ServerName);
            Assert.Equal(["h2"], hello.ApplicationProtocols);
            Assert.Equal([0x0304], hello.Versions);
        }
    }

    [Fact]
    public void The_protocols_keep_their_order_and_every_byte()
    {
        var longest = new string('p', 255);

        var hello = Read(new HelloBuilder { Extensions = Alpn("\u00fa\u00fa", "http/1.1", "h2", "acme-tls/1", "\0", longest) });

        Assert.Equal(["\u00fa\u00fa", "http/1.1", "h2", "acme-tls/1", "\0", longest], hello.ApplicationProtocols);
    }

    [Fact]
    public void The_versions_come_highest_first_without_grease()
    {
        var hello = Read(new HelloBuilder { Extensions = SupportedVersions(0x0302, 0xdada, 0x0304, 0x0301, 0x0303, 0x0a0a, 0x0a1a) });

        Assert.Equal([0x0a1a, 0x0304, 0x0303, 0x0302, 0x0301], hello.Versions);
    }

    [Fact]
    public void A_hello_of_exactly_the_most_bytes_is_read_and_one_of_a_byte_more_is_refused_before_it_is_here()
    {
        var room = ClientHelloReader.LongestHello - new HelloBuilder { Extensions = Extension(21) }.Build().Length;
        var longest = new HelloBuilder { Extensions = Extension(21, new byte[room]) }.Build();
        var tooLong = new HelloBuilder { Extensions = Extension(21, new byte[room + 1]) }.Build();

        Assert.Equal(ClientHelloReader.LongestHello, longest.Length);
        Assert.Equal(HelloStatus.Hello, ClientHelloReader.Read(longest, out _));
        Assert.Equal(HelloStatus.NotAClientHello, ClientHelloReader.Read(tooLong, out _));
        Assert.Equal(HelloStatus.NotAClientHello, ClientHelloReader.Read(tooLong.AsSpan(0, 9), out _));
    }

    [Fact]
    public void The_most_bytes_in_the_smallest_records_are_never_followed_by_a_wish_for_more()
    {
        for (var size = 1; size < 6; size++)
        {
            var message = new HelloBuilder { Extensions = Extension(21, new byte[16_000]) }.Build();
            var bytes = Records.Fragment(message, size).AsSpan(0, ClientHelloReader.LongestHello);

            Assert.Equal(HelloStatus.NotAClientHello, ClientHelloReader.Read(bytes, out _));
        }
    }

    [Fact]
    public void A_fragmented_hello_of_exactly_the_most_bytes_is_read_and_one_of_a_byte_more_is_not()
    {
        // 14,894 bytes in 298 records of at most 50: with the headers 16,384.
        var longest = Fragmented(14_894);

        Assert.Equal(ClientHelloReader.LongestHello, longest.Length);
        Assert.Equal(HelloStatus.Hello, ClientHelloReader.Read(longest, out _));
        Assert.Equal(HelloStatus.NotAClientHello, ClientHelloReader.Read(Fragmented(14_895), out _));

        static byte[] Fragmented(int messageLength)
        {
            var rest = messageLength - new HelloBuilder { Extensions = Extension(21) }.Message().Length;
            return Records.Fragment(new HelloBuilder { Extensions = Extension(21, new byte[rest]) }.Build(), 50);
        }
    }

    [Fact]
    public void Nothing_is_allocated_before_a_whole_hello_is_here()
    {
        var whole = new HelloBuilder
        {
            Extensions = [.. ServerName("chat.signal.org"), .. Alpn("h2"), .. SupportedVersions(0x0304)],
        }.Build();
        var fragmented = Records.Fragment(whole, 7);
        byte[] garbage = [.. "GET / HTTP/1.1\r\n\r\n"u8];
        ReadAll();
        var before = GC.GetAllocatedBytesForCurrentThread();

        ReadAll();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void ReadAll()
        {
            ClientHelloReader.Read(whole.AsSpan(0, whole.Length - 1), out _);
            ClientHelloReader.Read(fragmented.AsSpan(0, fragmented.Length - 1), out _);
            ClientHelloReader.Read(garbage, out _);
        }
    }

    private static ClientHello Read(HelloBuilder builder)
    {
        Assert.Equal(HelloStatus.Hello, ClientHelloReader.Read(builder.Build(), out var hello));
        Assert.NotNull(hello);
        return hello;
    }
}
