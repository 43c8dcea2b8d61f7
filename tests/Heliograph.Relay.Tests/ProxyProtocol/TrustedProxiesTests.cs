using System.Net;
using Heliograph.Relay.Listening;
using Heliograph.Relay.ProxyProtocol;

namespace Heliograph.Relay.Tests.ProxyProtocol;

public sealed class TrustedProxiesTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "a00::1", false)]
    [InlineData("192.0.2.7/32", "192.0.2.7", true)]
    [InlineData("192.0.2.7/32", "192.0.2.6", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("::1/128", "::1", true)]
    [InlineData("::1/128", "127.0.0.1", false)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "11.1.2.3", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "192.0.2.7", false)]
    [InlineData("0.0.0.0/0", "192.0.2.7", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    public void A_network_has_its_addresses_however_they_are_written(string network, string address, bool contained)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        var source = bytes.Length == 4 ? SourceAddress.FromIpv4(bytes) : SourceAddress.FromIpv6(bytes);

        Assert.Equal(contained, new TrustedProxies([IPNetwork.Parse("198.51.100.0/24"), IPNetwork.Parse(network)]).Contain(source));
    }

    [Fact]
    public void Addresses_have_no_text_that_a_log_could_take()
    {
        var header = ProxyHeaderReader.Read(HeaderBytes.Line("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443"));

        foreach (var thing in (object[])[header, header.Addresses!, header.Addresses!.Source, header.Addresses!.Source.Address])
            Assert.DoesNotMatch("192|56324", $"{thing}");
    }
}
