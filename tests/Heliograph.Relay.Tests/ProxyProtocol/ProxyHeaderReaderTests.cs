using System.Text;
using Heliograph.Relay.ProxyProtocol;
using Heliograph.Testing;

namespace Heliograph.Relay.Tests.ProxyProtocol;

public sealed class ProxyHeaderReaderTests
{
    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443", "192.0.2.1:56324 198.51.100.7:443")]
    [InlineData("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535", "0.0.0.0:0 255.255.255.255:65535")]
    [InlineData("PROXY TCP6 2001:DB8::1 2001:db8:0:0:0:0:0:2 56324 443", "[2001:db8::1]:56324 [2001:db8::2]:443")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2", "192.0.2.1:1 [::1]:2")]
    [InlineData("PROXY UNKNOWN", null)]
    [InlineData("PROXY UNKNOWN whatever stands here", null)]
    public void A_line_of_version_1_gives_its_addresses(string line, string? addresses)
    {
        var header = ProxyHeaderReader.Read(HeaderBytes.Line(line));

        Assert.Equal((ProxyHeaderStatus.Header, line.Length + 2), (header.Status, header.Length));
        Assert.Equal(addresses, HeaderBytes.Addresses(header));
    }

    [Theory]
    [InlineData("PROXY\r\n", ProxyHeaderStatus.Missing)]
    [InlineData("PROXYTCP4 192.0.2.1 198.51.100.7 56324 443\r\n", ProxyHeaderStatus.Missing)]
    [InlineData("proxy TCP4 192.0.2.1 198.51.100.7 56324 443\r\n", ProxyHeaderStatus.Missing)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", ProxyHeaderStatus.Missing)]
    [InlineData("\u0016\u0003\u0001", ProxyHeaderStatus.Missing)]
    [InlineData("PROXY \r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP5 192.0.2.1 198.51.100.7 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 010.0.0.5 198.51.100.7 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP6 ::ffff:010.0.0.5 ::1 1 2\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP6 00001::2 ::1 1 2\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY  TCP4 192.0.2.1 198.51.100.7 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.2.1  198.51.100.7 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443 \r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443 7\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 \r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 65536\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 0443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 +443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 -1 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 4x3\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.2.01 198.51.100.7 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.513 198.51.100.7 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 3221225985 198.51.100.7 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.2.256 198.51.100.7 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 0xc0.0.2.1 198.51.100.7 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 2001:db8::1 2001:db8::2 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP6 192.0.2.1 198.51.100.7 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP6 fe80::1%eth0 2001:db8::2 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP6 [2001:db8::1] 2001:db8::2 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP6 2001:db8:::1 2001:db8::2 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP6 2001:db8 2001:db8::2 56324 443\r\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\n", ProxyHeaderStatus.Malformed)]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\rx", ProxyHeaderStatus.Malformed)]
    public void What_breaks_the_rules_of_version_1_is_refused(string bytes, object status) =>
        Assert.Equal((ProxyHeaderStatus)status, ProxyHeaderReader.Read(Encoding.Latin1.GetBytes(bytes)).Status);

    [Fact]
    public void A_line_may_have_107_bytes_with_its_end_and_no_more()
    {
        var longest = HeaderBytes.Line("PROXY UNKNOWN " + new string('x', 91));

        Assert.Equal(107, longest.Length);
        Assert.Equal(ProxyHeaderStatus.Header, ProxyHeaderReader.Read(longest).Status);
        Assert.Equal(ProxyHeaderStatus.NeedMore, ProxyHeaderReader.Read(longest.AsSpan(0, 106)).Status);
        Assert.Equal(ProxyHeaderStatus.TooLong, ProxyHeaderReader.Read(HeaderBytes.Line("PROXY UNKNOWN " + new string('x', 92))).Status);
        Assert.Equal(
            ProxyHeaderStatus.TooLong, ProxyHeaderReader.Read(Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 93))).Status);
    }

    [Theory]
    [InlineData(0x21, 0x11, "192.0.2.1:56324 198.51.100.7:443")]
    [InlineData(0x21, 0x21, "[2001:db8::1]:56324 [2001:db8::2]:443")]
    [InlineData(0x21, 0x22, null)]
    [InlineData(0x21, 0x01, null)]
    [InlineData(0x21, 0x10, null)]
    [InlineData(0x21, 0x00, null)]
    [InlineData(0x20, 0x21, null)]
    [InlineData(0x20, 0xff, null)]
    public void A_header_of_version_2_gives_its_addresses_where_it_has_those_of_TCP(byte command, byte family, string? addresses)
    {
        var bytes = HeaderBytes.V2(command, family, family == 0x11 ? HeaderBytes.Ipv4 : HeaderBytes.Ipv6);
        var header = ProxyHeaderReader.Read([.. bytes, 0x16, 0x03]);

        Assert.Equal((ProxyHeaderStatus.Header, bytes.Length), (header.Status, header.Length));
        Assert.Equal(addresses, HeaderBytes.Addresses(header));
    }

    [Theory]
    [InlineData(0x22, 0x11, 12)]
    [InlineData(0x11, 0x11, 12)]
    [InlineData(0x31, 0x11, 12)]
    [InlineData(0x2f, 0x11, 12)]
    [InlineData(0x21, 0x41, 12)]
    [InlineData(0x21, 0x13, 12)]
    [InlineData(0x21, 0x11, 11)]
    [InlineData(0x21, 0x21, 35)]
    [InlineData(0x21, 0x31, 215)]
    public void What_breaks_the_rules_of_version_2_is_refused(byte command, byte family, int length) =>
        Assert.Equal(ProxyHeaderStatus.Malformed, ProxyHeaderReader.Read(HeaderBytes.V2(command, family, new byte[length])).Status);

    [Fact]
    public void The_values_after_the_addresses_must_fill_the_header()
    {
        Assert.Equal(ProxyHeaderStatus.Malformed, Read([0x04]));
        Assert.Equal(ProxyHeaderStatus.Malformed, Read([0x04, 0]));
        Assert.Equal(ProxyHeaderStatus.Malformed, Read([0x04, 0, 1]));
        Assert.Equal(ProxyHeaderStatus.Malformed, Read([0x04, 0xff, 0xff, 1, 2, 3]));
        Assert.Equal(ProxyHeaderStatus.Header, Read([0x04, 0, 0]));
        Assert.Equal(ProxyHeaderStatus.Header, Read([0x04, 0, 0, 0x77, 0, 1, 9]));

        static ProxyHeaderStatus Read(byte[] values) =>
            ProxyHeaderReader.Read(HeaderBytes.V2(0x21, 0x11, [.. HeaderBytes.Ipv4, .. values])).Status;
    }

    [Fact]
    public void A_checksum_must_be_right_wherever_it_stands()
    {
        var header = HeaderBytes.WithChecksum(0x21, 0x11, HeaderBytes.Ipv4, HeaderBytes.Value(0x05, "unique"u8));
        Assert.Equal(ProxyHeaderStatus.Header, ProxyHeaderReader.Read(header).Status);

        // Every bit but those of the signature, the command, the family, the length and the values' own heads is only the checksum's to
        // guard.
        foreach (var at in (int[])[16, 23, 27, 31, 34, header.Length - 1])
        {
            header[at] ^= 1;
            Assert.Equal(ProxyHeaderStatus.WrongChecksum, ProxyHeaderReader.Read(header).Status);
            header[at] ^= 1;
        }
        Assert.Equal(
            ProxyHeaderStatus.WrongChecksum,
            ProxyHeaderReader.Read(HeaderBytes.V2(0x21, 0x11, [.. HeaderBytes.Ipv4, 0x03, 0, 3, 1, 2, 3])).Status);
    }

    [Fact]
    public void A_header_may_have_4112_bytes_and_no_more()
    {
        Assert.Equal(4112, ProxyHeaderReader.Read(HeaderBytes.V2(0x20, 0, new byte[4096])).Length);
        Assert.Equal(ProxyHeaderStatus.TooLong, ProxyHeaderReader.Read(HeaderBytes.V2(0x20, 0, new byte[4097]).AsSpan(0, 16)).Status);
    }

    [Fact]
    public void Every_prefix_of_a_valid_header_asks_for_more_and_what_follows_does_not_matter()
    {
        foreach (var bytes in HeaderBytes.Valid)
        {
            for (var length = 0; length < bytes.Length; length++)
                Assert.Equal(ProxyHeaderStatus.NeedMore, ProxyHeaderReader.Read(bytes.AsSpan(0, length)).Status);
            foreach (var more in (byte[][])[[], [0], "\r\nPROXY "u8.ToArray()])
            {
                var header = ProxyHeaderReader.Read([.. bytes, .. more]);
                Assert.Equal((ProxyHeaderStatus.Header, bytes.Length), (header.Status, header.Length));
            }
        }
    }

    [Fact]
    [Trait("Needs", "uninstrumented")]
    public void The_header_reader_reaches_nothing_but_memory_and_text()
    {
        string[] allowed =
        [
            "System", "System.Buffers", "System.Buffers.Binary", "System.Buffers.Text", "System.Numerics",
            "System.Runtime.CompilerServices", "System.Runtime.InteropServices", "System.Text",
            "Heliograph.Relay.ProxyProtocol", "Heliograph.Relay.Listening",
        ];
        Type[] addresses = [typeof(System.Net.IPAddress), typeof(Heliograph.Platform.InternetAddress)];
        var reached = ReachedTypes.From(typeof(ProxyHeaderReader));

        Assert.Contains(typeof(TypeLengthValues), reached);
        // Of the network's types only those that hold and read an address.
        Assert.All(
            reached,
            type =>
                Assert.True(
                    allowed.Contains(type.Namespace)
                        || addresses.Contains(type)
                        || type.Namespace == "System.Collections.Generic",
                    type.FullName));
    }
}
