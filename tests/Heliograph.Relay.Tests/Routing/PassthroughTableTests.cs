using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Relay.Tests.Routing;

public sealed class PassthroughTableTests
{
    [Theory]
    [InlineData("www.example.org", 1)]
    [InlineData("WWW.example.ORG", 1)]
    [InlineData("shop.example.org", 2)]
    [InlineData("proxy.example.org", null)]
    [InlineData("a.b.example.org", null)]
    [InlineData("example.org", null)]
    [InlineData("example.net", null)]
    [InlineData("org", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void The_most_exact_name_decides_and_what_has_none_is_ours(string? name, int? port) =>
        Assert.Equal(port, Port(Table(["proxy.example.org"], ("www.example.org", 1), ("*.example.org", 2)), name));

    [Theory]
    [InlineData("www.example.org", 1)]
    [InlineData("shop.example.org", null)]
    [InlineData("proxy.example.net", null)]
    [InlineData("example.org", 9)]
    [InlineData("other.example", 9)]
    [InlineData("default", 9)]
    [InlineData(null, 9)]
    public void The_default_site_gets_what_no_name_matches(string? name, int? port) =>
        Assert.Equal(port, Port(Table(["*.example.org", "proxy.example.net"], ("www.example.org", 1), ("default", 9)), name));

    [Fact]
    public void Without_other_sites_everything_is_ours()
    {
        Assert.Null(PassthroughTable.Empty.Find("www.example.org"));
        Assert.Null(PassthroughTable.Empty.Find(null));
    }

    private static PassthroughTable Table(string[] own, params (string Name, int Port)[] sites) =>
        PassthroughTable.Create(
            own,
            sites.ToDictionary(
                static site => site.Name,
                static site => new PassthroughSite(new UpstreamEndpoint.Tcp("h", site.Port)),
                StringComparer.Ordinal));

    private static int? Port(PassthroughTable table, string? name) => (table.Find(name)?.Endpoint as UpstreamEndpoint.Tcp)?.Port;
}
