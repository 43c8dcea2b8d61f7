using Heliograph.Relay.ProxyProtocol;

namespace Heliograph.Relay.Tests.ProxyProtocol;

public sealed class ProxyHeaderWriterTests
{
    [Fact]
    public void What_is_written_is_what_the_specification_has()
    {
        Assert.Equal(HeaderBytes.V2(0x21, 0x11, HeaderBytes.Ipv4), Written("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443"));
        Assert.Equal(HeaderBytes.V2(0x21, 0x21, HeaderBytes.Ipv6), Written("PROXY TCP6 2001:db8::1 2001:db8::2 56324 443"));
    }

    [Fact]
    public void Addresses_of_both_families_are_written_as_IPv6()
    {
        var header = Written("PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 56324 443");

        Assert.Equal(0x21, header[13]);
        Assert.Equal("192.0.2.1:56324 [2001:db8::2]:443", HeaderBytes.Addresses(ProxyHeaderReader.Read(header)));
    }

    private static byte[] Written(string line)
    {
        var header = new byte[ProxyHeaderWriter.LongestHeader];
        return header[..ProxyHeaderWriter.Write(ProxyHeaderReader.Read(HeaderBytes.Line(line)).Addresses!, header)];
    }
}
