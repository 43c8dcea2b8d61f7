using Heliograph.Relay.Routing;
using Heliograph.Relay.Upstream;

namespace Heliograph.Relay.Tests.Routing;

public sealed class RouteTableTests
{
    private static readonly Dictionary<string, UpstreamEndpoint> NoHosts = [];

    [Fact]
    public void The_production_set_has_the_names_that_Signals_clients_ask_for()
    {
        var names = RouteTable.Create(["signal"], NoHosts).Routes.Select(static route => route.Name).ToHashSet(StringComparer.Ordinal);

        string[] today =
        [
            "chat",
            "grpc.chat",
            "storage",
            "cdn",
            "cdn2",
            "cdn3",
            "cdsi",
            "contentproxy",
            "sfu.voip",
            "svr2",
            "svrb",
            "updates",
            "updates2",
            "ud-chat",
            "api.directory",
            "uptime",
            "api.backup",
        ];
        Assert.Equal(
            [
                .. today
                    .Select(static name => name + ".signal.org")
                    .Append("textsecure-service.whispersystems.org")
                    .Order(StringComparer.Ordinal),
            ],
            names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ud-chat.signal.org")]
    [InlineData("textsecure-service.whispersystems.org")]
    public void The_old_names_of_the_chat_host_lead_to_the_one_of_today(string name) =>
        Assert.Equal(new UpstreamEndpoint.Tcp("chat.signal.org", 443), RouteTable.Create(["signal"], NoHosts).Find(name)!.Endpoint);

    [Fact]
    public void The_staging_set_has_the_staging_hosts_and_no_production_chat()
    {
        var table = RouteTable.Create(["signal-staging"], NoHosts);

        Assert.NotNull(table.Find("grpc.chat.staging.signal.org"));
        Assert.NotNull(table.Find("storage-staging.signal.org"));
        Assert.Null(table.Find("grpc.chat.signal.org"));
    }

    [Fact]
    public void Names_are_matched_exactly_but_for_their_case()
    {
        var table = RouteTable.Create(["signal"], NoHosts);

        Assert.Equal("chat.signal.org", table.Find("CHAT.Signal.ORG")!.Name);
        Assert.Null(table.Find("x.chat.signal.org"));
        Assert.Null(table.Find("signal.org"));
        Assert.Null(table.Find("chat.signal.org.example.org"));
        Assert.Null(table.Find(""));
        Assert.Null(table.Find(null));
    }

    [Fact]
    public void The_operators_own_host_overrides_a_set_and_may_lead_to_a_private_address()
    {
        var own = new UpstreamEndpoint.Tcp("127.0.0.1", 19000);
        var table = RouteTable.Create(
            ["signal"], new Dictionary<string, UpstreamEndpoint> { ["Chat.signal.org"] = own, ["extra.example.org"] = own });

        Assert.Equal(new Route("chat.signal.org", own, PublicOnly: false), table.Find("chat.signal.org"));
        Assert.False(table.Find("extra.example.org")!.PublicOnly);
        Assert.True(table.Find("storage.signal.org")!.PublicOnly);
    }

    [Fact]
    public void An_unknown_set_is_refused_and_the_known_ones_are_named()
    {
        var refusal = Assert.Throws<ArgumentException>(() => RouteTable.Create(["signal-prod"], NoHosts));
        Assert.Contains(
            "there is no route set 'signal-prod'; the sets are: signal, signal-staging", refusal.Message, StringComparison.Ordinal);
    }
}
