using Heliograph.Platform;

namespace Heliograph.Tests.Platform;

/// <summary>What of a hosts file counts, because an absolute name is not looked up there by the resolver.</summary>
public sealed class HostsFileTests
{
    private static readonly string[] Lines =
    [
        "192.0.2.1\tlisted.example.org alias.example.org # commented.example.org",
        "# 192.0.2.1 authority.example.org",
        "2001:db8::1 listed.example.org",
        "192.0.2.1 listed.example.org",
        "010.0.0.1 octal.example.org",
    ];

    [Theory]
    [InlineData("listed.example.org", "192.0.2.1 2001:db8::1")]
    [InlineData("Alias.Example.org", "192.0.2.1")]
    [InlineData("commented.example.org", "")]
    [InlineData("authority.example.org", "")]
    [InlineData("octal.example.org", "")]
    [InlineData("example.org", "")]
    public void A_name_has_the_addresses_of_its_lines(string name, string addresses) =>
        Assert.Equal(addresses, string.Join(' ', HostsFile.Find(name, Lines).Select(static address => address.ToString())));
}
