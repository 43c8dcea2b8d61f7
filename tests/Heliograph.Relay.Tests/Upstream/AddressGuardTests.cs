using System.Net;
using Heliograph.Relay.Upstream;

namespace Heliograph.Relay.Tests.Upstream;

public sealed class AddressGuardTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12::1")]
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    // RFC 8215: a network's own NAT64 prefix, of any length of RFC 6052 section 2.2, here /96, /96, /64, /56 and /48.
    [InlineData("64:ff9b:1::10.0.0.1")]
    [InlineData("64:ff9b:1:abcd:12:3456:127.0.0.1")]
    [InlineData("64:ff9b:1:7:c0:a801:0700::")]
    [InlineData("64:ff9b:1:2c0:a8:107::")]
    [InlineData("64:ff9b:1:a00:00:0100::")]
    [InlineData("64:ff9b:1:80a::")]
    [InlineData("64:ff9b:2::13.248.212.111")]
    public void An_address_of_this_machine_or_its_network_is_not_public(string address) =>
        Assert.False(AddressGuard.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("13.248.212.111")]
    [InlineData("76.223.92.165")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("100.128.0.1")]
    [InlineData("2600:9000:a507:ab6d:4ce3:2f58:25d7:9cbf")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("::ffff:13.248.212.111")]
    [InlineData("64:ff9b::13.248.212.111")]
    [InlineData("64:ff9b:1::13.248.212.111")]
    [InlineData("64:ff9b:1:abcd:12:3456:13.248.212.111")]
    [InlineData("64:ff9b:1:7:d:f8d4:6f00::")]
    [InlineData("64:ff9b:1:20d:f8:d46f::")]
    [InlineData("64:ff9b:1:0df8:d4:6f00::")]
    public void An_address_of_the_internet_is_public(string address) => Assert.True(AddressGuard.IsPublic(IPAddress.Parse(address)));
}
