using System.Net;
using Heliograph.Metrics;

namespace Heliograph.Tests.Metrics;

/// <summary>A browser may ask for the pages by this machine's own addresses only.</summary>
public sealed class OwnHostsTests
{
    [Theory]
    [InlineData("127.0.0.1:9464", "127.0.0.1", true)]
    [InlineData("127.0.0.1:9464", "127.1.2.3", true)]
    [InlineData("127.0.0.1:9464", "[::1]", true)]
    [InlineData("127.0.0.1:9464", "localhost", true)]
    [InlineData("127.0.0.1:9464", null, true)]
    [InlineData("127.0.0.1:9464", "attacker.example", false)]
    [InlineData("127.0.0.1:9464", "localhost.attacker.example", false)]
    [InlineData("127.0.0.1:9464", "127.0.0.1.attacker.example", false)]
    [InlineData("127.0.0.1:9464", "2130706433", false)]
    [InlineData("127.0.0.1:9464", "0.0.0.0", false)]
    [InlineData("127.0.0.1:9464", "198.51.100.7", false)]
    [InlineData("198.51.100.7:9464", "198.51.100.7", true)]
    [InlineData("198.51.100.7:9464", "198.51.100.8", false)]
    [InlineData("[2001:db8::7]:9464", "[2001:db8:0::7]", true)]
    [InlineData("0.0.0.0:9464", "198.51.100.7", true)]
    [InlineData("[::]:9464", "[2001:db8::7]", true)]
    [InlineData("0.0.0.0:9464", "attacker.example", false)]
    public void Only_loopback_and_the_addresses_listened_on_are_our_own(string listen, string? host, bool isOwn) =>
        Assert.Equal(isOwn, new OwnHosts([IPEndPoint.Parse(listen)]).Has(host));
}
