using Heliograph.Platform;

namespace Heliograph.Tests.Platform;

public sealed class NamePatternTests
{
    [Theory]
    [InlineData("proxy.example.org", "Proxy.Example.ORG", true)]
    [InlineData("*.example.org", "a.EXAMPLE.org", true)]
    [InlineData("*.example.org", "*.example.org", true)]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("*.example.org", "example.org", false)]
    [InlineData("*.example.org", "a.b.example.org", false)]
    [InlineData("*.example.org", ".example.org", false)]
    [InlineData("*.0.2.1", "192.0.2.1", false)]
    [InlineData("proxy.example.org", "*.example.org", false)]
    public void An_asterisk_stands_for_one_label(string pattern, string name, bool covers) =>
        Assert.Equal(covers, NamePattern.Covers(pattern, name));
}
