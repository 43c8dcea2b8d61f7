namespace Heliograph.Tests.Configuration;

public sealed class RouteZoneTests
{
    private const string Proxy = "domains: [proxy.example.org]\n";

    [Theory]
    [InlineData("", "signal.org")]
    [InlineData("routes: { sets: [signal, signal-staging] }", "signal.org")]
    [InlineData("routes: { zones: { signal.org: public } }", "signal.org")]
    [InlineData("routes: { zones: { Example.ORG: public } }", "signal.org example.org")]
    [InlineData("routes: { zones: { signal.org: off } }", "")]
    [InlineData("routes: { zones: off }", "")]
    [InlineData("routes: { sets: [signal-staging] }", "")]
    [InlineData("routes: { sets: [], hosts: { a.example.org: 'b.example.org:443' } }", "")]
    [InlineData("routes: { sets: [signal-staging], zones: { signal.org: public } }", "signal.org")]
    public void Signals_own_zone_is_open_with_the_set_of_its_hosts_until_it_is_off(string yaml, string zones) =>
        Assert.Equal(zones, string.Join(' ', Loaded.Settings($"{Proxy}{yaml}\n").Routes.OpenZones));

    [Fact]
    public void The_environment_can_turn_it_off_too()
    {
        foreach (var value in (string[])["off", "signal.org=off"])
            Assert.Empty(Loaded.Settings(Proxy, ("HELIOGRAPH__ROUTES__ZONES", value)).Routes.OpenZones);
    }

    [Theory]
    [InlineData("{ org: public }", "a zone needs at least two labels, as anybody can have names under one")]
    [InlineData("{ signal.org: open }", "there is no such choice")]
    [InlineData("{ '*': public }", "anybody could have any host relayed")]
    [InlineData("on", "must be a section of lines NAME: VALUE")]
    public void What_would_open_the_proxy_to_everything_is_refused(string value, string problem)
    {
        var error = Assert.Single(Loaded.Errors($"{Proxy}routes: {{ zones: {value} }}\n"));
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_for_lists_is_one_of_minisign()
    {
        const string Key = "RWREgKsbtVZcsN1uGJDej0LehAbG8HRSF1uq4crvdX1zV3TBEpsC7+RI";
        Assert.Equal(Key, Loaded.Settings($"{Proxy}routes: {{ list_key: {Key} }}\n").Routes.ListKey!.Text);
        var error = Assert.Single(Loaded.Errors($"{Proxy}routes: {{ list_key: abc }}\n"));
        Assert.Contains("not a public key of minisign", error, StringComparison.Ordinal);
    }
}
