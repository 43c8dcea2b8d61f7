using Heliograph.Tls13.Hello;
using static Heliograph.Testing.Fingerprints.HelloBytes;

namespace Heliograph.Tls13.Tests.Hello;

/// <summary>What is not a ClientHello, or has wrong lengths, and how soon it is refused.</summary>
public sealed class HelloRefusalTests
{
    private static readonly HelloBuilder Right = new();

    [Fact]
    public void The_hello_that_the_others_differ_from_is_right() =>
        Assert.Equal(HelloStatus.Hello, ClientHelloReader.Read(Right.Build(), out _));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("\u0080\u002e\u0001\u0003\u0001")]
    [InlineData("\0")]
    public void Another_protocol_is_refused_at_its_first_byte(string sent)
    {
        Refused([(byte)sent[0]]);
        Refused([.. sent.Select(letter => (byte)letter)]);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(21)]
    [InlineData(23)]
    [InlineData(24)]
    public void Another_content_type_is_refused(byte type) => Refused(Right with { ContentType = type }, soonest: 1);

    [Theory]
    [InlineData(0x0200)]
    [InlineData(0x0401)]
    [InlineData(0xfeff)]
    public void A_record_of_another_major_version_is_refused(int version) =>
        Refused(Right with { RecordVersion = (ushort)version }, soonest: 2);

    [Fact]
    public void An_empty_record_is_refused() => Refused([22, 3, 1, 0, 0], soonest: 5);

    [Fact]
    public void An_empty_record_between_two_fragments_is_refused()
    {
        var message = Right.Message();
        var first = Right.Record(message.AsSpan(0, 10));

        Refused([.. first, .. Right.Record([]), .. Right.Record(message.AsSpan(10))], soonest: first.Length + 5);
    }

    [Fact]
    public void A_record_longer_than_TLS_allows_is_refused()
    {
        Refused([22, 3, 1, 0x40, 0x01], soonest: 5);
        Refused([22, 3, 1, 0x41], soonest: 4);
    }

    [Fact]
    public void A_record_of_another_type_between_two_fragments_is_refused()
    {
        var message = Right.Message();
        var first = Right.Record(message.AsSpan(0, 50));
        byte[] alert = [21, 3, 1, 0, 2, 1, 0];

        Refused([.. first, .. alert, .. Right.Record(message.AsSpan(50))], soonest: first.Length + 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(22)]
    public void Another_handshake_message_is_refused(byte type) => Refused(Right with { HandshakeType = type }, soonest: 6);

    [Fact]
    public void A_message_longer_than_the_bound_is_refused()
    {
        Refused([22, 3, 1, 0x40, 0, 1, 1, 0, 0], soonest: 9);
        Refused([22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff], soonest: 9);
    }

    [Fact]
    public void A_message_too_short_for_the_fields_it_must_have_is_refused() => Refused([22, 3, 1, 0, 44, 1, 0, 0, 40], soonest: 9);

    [Fact]
    public void A_message_that_ends_before_its_record_is_refused() => Refused(Right with { MessageLengthLie = -1 }, soonest: 9);

    /// <summary>RFC 8446 section 5.1: a ClientHello must end where a record ends.</summary>
    [Fact]
    public void A_second_message_in_the_record_of_the_hello_is_refused()
    {
        Refused(Right.Record([.. Right.Message(), .. Right.Message()]), soonest: 9);

        var first = Right.Record(Right.Message().AsSpan(0, 20));
        Refused([.. first, .. Right.Record([.. Right.Message().AsSpan(20), 1])], soonest: first.Length + 5);
    }

    [Fact]
    public void A_message_that_continues_in_bytes_that_are_not_a_record_is_refused()
    {
        var hello = (Right with { Extensions = [], MessageLengthLie = 1 }).Build();

        Assert.Equal(HelloStatus.NotAClientHello, ClientHelloReader.Read([.. hello, 0], out _));
    }

    [Theory]
    [InlineData(0x0200)]
    [InlineData(0x0403)]
    public void A_hello_of_another_major_version_is_refused(int version) =>
        Refused(Right with { LegacyVersion = (ushort)version }, soonest: 11);

    [Fact]
    public void A_session_id_longer_than_32_bytes_is_refused() => Refused(Right with { SessionId = new byte[33] }, soonest: 44);

    [Fact]
    public void An_odd_length_of_cipher_suites_is_refused() => Refused(Right with { CipherSuites = [0x13, 0x01, 0x13] }, soonest: 78);

    [Fact]
    public void A_hello_without_cipher_suites_is_refused() => Refused(Right with { CipherSuites = [] }, soonest: 78);

    [Fact]
    public void A_hello_without_compression_methods_is_refused() => Refused(Right with { CompressionMethods = [] });

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(-19)]
    [InlineData(40_000)]
    public void Extensions_that_do_not_fill_the_body_are_refused(int lie) => Refused(Right with { ExtensionsLengthLie = lie });

    [Fact]
    public void Bytes_after_the_extensions_are_refused() => Refused(Right with { AfterExtensions = [0] });

    [Fact]
    public void Half_a_length_of_extensions_is_refused() => Refused(Right with { Extensions = null, AfterExtensions = [0] });

    [Theory]
    [InlineData(new byte[] { 0, 21, 0, 1 })]
    [InlineData(new byte[] { 0, 21, 0 })]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0, 21, 0xff, 0xff, 0, 0 })]
    public void An_extension_that_goes_past_its_block_is_refused(byte[] extensions) => Refused(Right with { Extensions = extensions });

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(43)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(0x0a0a)]
    [InlineData(65281)]
    [InlineData(65535)]
    public void An_extension_that_comes_twice_is_refused(int type)
    {
        var extension = type switch
        {
            0 => ServerName("a.b"),
            16 => Alpn("h2"),
            43 => SupportedVersions(0x0304),
            _ => Extension(type),
        };

        Assert.Equal(HelloStatus.Hello, ClientHelloReader.Read((Right with { Extensions = extension }).Build(), out _));
        Refused(Right with { Extensions = [.. extension, .. Extension(5), .. extension] });
    }

    [Fact]
    public void More_than_64_extensions_of_high_types_are_refused()
    {
        var most = Enumerable.Range(1000, 64).SelectMany(type => Extension(type)).ToArray();

        Assert.Equal(HelloStatus.Hello, ClientHelloReader.Read((Right with { Extensions = most }).Build(), out _));
        Refused(Right with { Extensions = [.. most, .. Extension(2000)] });
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("signal.org.")]
    [InlineData(".signal.org")]
    [InlineData("signal..org")]
    [InlineData("signal org")]
    [InlineData("signal.org\0")]
    [InlineData("signal.org\r\n")]
    [InlineData("signal/org")]
    [InlineData("*.signal.org")]
    [InlineData("signal.org:443")]
    [InlineData("b\u00fccher.example")]
    [InlineData("192.0.2.1")]
    [InlineData("2130706433")]
    [InlineData("example.123")]
    [InlineData("::1")]
    [InlineData("[2001:db8::1]")]
    public void A_name_that_no_host_can_have_is_refused(string name) => Refused(Right with { Extensions = ServerName(name) });

    [Fact]
    public void A_name_or_label_that_is_too_long_is_refused()
    {
        var label = new string('a', 63);

        Refused(Right with { Extensions = ServerName(label + "a.org") });
        Refused(Right with { Extensions = ServerName($"{label}.{label}.{label}.{new string('b', 62)}") });
        Refused(Right with { Extensions = ServerName(string.Concat(Enumerable.Repeat("a.", 8000)) + "org") });
    }

    [Fact]
    public void Two_host_names_are_refused() =>
        Refused(Right with { Extensions = Extension(0, Vector16([.. HostName("a.org"), .. HostName("b.org")])) });

    [Fact]
    public void A_name_of_an_unknown_type_is_refused()
    {
        Refused(Right with { Extensions = Extension(0, Vector16(HostName("a.org", type: 1))) });
        Refused(Right with { Extensions = Extension(0, Vector16([.. HostName("a.org"), .. HostName("x", type: 1)])) });
    }

    [Fact]
    public void A_server_name_extension_whose_lengths_lie_is_refused()
    {
        Refused(Right with { Extensions = Extension(0) });
        Refused(Right with { Extensions = Extension(0, 0, 0) });
        Refused(Right with { Extensions = Extension(0, 0) });
        Refused(Right with { Extensions = Extension(0, [.. Vector16(HostName("a.org")), 0]) });
        Refused(Right with { Extensions = Extension(0, Vector16([.. HostName("a.org"), 0])) });
        Refused(Right with { Extensions = Extension(0, 0, 9, 0, 0, 5, (byte)'a', (byte)'.', (byte)'b') });
        Refused(Right with { Extensions = Extension(0, 0, 6, 0, 0, 4, (byte)'a', (byte)'.', (byte)'b') });
    }

    [Fact]
    public void An_ALPN_extension_that_is_malformed_is_refused()
    {
        Refused(Right with { Extensions = Extension(16) });
        Refused(Right with { Extensions = Extension(16, 0, 0) });
        Refused(Right with { Extensions = Alpn("h2", "") });
        Refused(Right with { Extensions = Alpn("", "h2") });
        Refused(Right with { Extensions = Extension(16, 0, 4, 2, (byte)'h', (byte)'2') });
        Refused(Right with { Extensions = Extension(16, 0, 3, 3, (byte)'h', (byte)'2') });
        Refused(Right with { Extensions = Extension(16, 0, 3, 2, (byte)'h', (byte)'2', 0) });
    }

    [Fact]
    public void A_supported_versions_extension_that_is_malformed_is_refused()
    {
        Refused(Right with { Extensions = Extension(43) });
        Refused(Right with { Extensions = Extension(43, 0) });
        Refused(Right with { Extensions = Extension(43, 3, 3, 4, 3) });
        Refused(Right with { Extensions = Extension(43, 4, 3, 4) });
        Refused(Right with { Extensions = Extension(43, 2, 3, 4, 0) });
        Refused(Right with { Extensions = Extension(43, [255, .. new byte[255]]) });
    }

    private static void Refused(HelloBuilder builder, int? soonest = null) => Refused(builder.Build(), soonest);

    /// <summary>Refused; with <paramref name="soonest"/>, at exactly that byte and not before.</summary>
    private static void Refused(byte[] bytes, int? soonest = null)
    {
        Assert.Equal(HelloStatus.NotAClientHello, ClientHelloReader.Read(bytes, out var hello));
        Assert.Null(hello);
        for (var length = 0; length < soonest; length++)
            Assert.Equal(HelloStatus.NeedMore, ClientHelloReader.Read(bytes.AsSpan(0, length), out _));
        for (var length = soonest ?? bytes.Length; length < bytes.Length; length++)
            Assert.Equal(HelloStatus.NotAClientHello, ClientHelloReader.Read(bytes.AsSpan(0, length), out _));
    }
}
