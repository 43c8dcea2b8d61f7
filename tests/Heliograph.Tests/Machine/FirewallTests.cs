using System.Net;
using Heliograph.Machine.Firewalls;
using Heliograph.Testing;

namespace Heliograph.Tests.Machine;

/// <summary>A firewall of this machine that closes the proxy's ports is named, with the command that opens them; others are not.</summary>
public sealed class FirewallTests : IDisposable
{
    private static readonly int[] Ports = [443, 80];

    private readonly TempDirectory etc = new();

    public void Dispose() => etc.Dispose();

    /// <summary>The fixtures are what nft 1.0.6 prints of the rules beside them.</summary>
    [Theory]
    [InlineData("policy-drop", new[] { 443 })]
    [InlineData("reject-at-the-end", new[] { 80 })]
    [InlineData("named-set", new int[0])]
    public void Nftables_is_named_where_it_certainly_closes_a_port(string fixture, int[] closed)
    {
        var json = File.ReadAllText(Repository.PathOf($"tests/Heliograph.Tests/Machine/Fixtures/nft/{fixture}.json"));
        var state = Nftables.Read(json, Ports);
        Assert.Equal(closed, state?.Closed ?? []);
        if (state is not null)
            Assert.StartsWith(
                $"{Sudo.Prefix}nft insert rule inet filter input tcp dport '{{ {closed[0]} }}' accept",
                state.Open,
                StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no JSON")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"nftables\": [{}, 7, {\"chain\": {\"family\": \"inet\", \"hook\": \"input\", \"type\": \"filter\"}}]}")]
    public void What_nft_does_not_print_is_no_firewall(string json) => Assert.Null(Nftables.Read(json, Ports));

    [Theory]
    [InlineData("{}")]
    [InlineData("7")]
    [InlineData("[7]")]
    [InlineData("[{}]")]
    [InlineData("""[{"match": 7}]""")]
    [InlineData("""[{"match": {"op": 7, "left": 7, "right": 7}}]""")]
    [InlineData("""[{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 4.5}}]""")]
    [InlineData("""[{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 99999999999}}]""")]
    [InlineData("""[{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {"range": 7}}}]""")]
    [InlineData("""[{"vmap": {"key": {"ct": {"key": "state"}}, "data": {"set": [7]}}}]""")]
    [InlineData("""[{"vmap": {"key": {"ct": {"key": "state"}}, "data": {"set": [[]]}}}]""")]
    [InlineData("""[{"vmap": {"key": {"ct": {"key": "state"}}, "data": {"set": [["new"]]}}}]""")]
    [InlineData("""[{"vmap": {"key": {"ct": {"key": "state"}}, "data": {"set": [["new", {}]]}}}]""")]
    public void A_rule_of_a_shape_that_is_not_known_leaves_nothing_certain(string expressions) =>
        Assert.Null(Nftables.Read(DropsAllBut(expressions), Ports));

    [Theory]
    [InlineData("0.0.0.0", 0, new int[0])]
    [InlineData("192.0.2.0", 24, new[] { 443, 80 })]
    public void A_rule_for_every_address_is_for_whoever_may_be_anywhere(string address, int length, int[] closed)
    {
        const string Source = """{"payload": {"protocol": "ip", "field": "saddr"}}""";
        var prefix = $$$"""{"prefix": {"addr": "{{{address}}}", "len": {{{length}}}}}""";
        var match = $$$"""{"match": {"op": "==", "left": {{{Source}}}, "right": {{{prefix}}}}}""";
        Assert.Equal(closed, Nftables.Read(DropsAllBut($$"""[{{match}}, {"accept": null}]"""), Ports)?.Closed ?? []);
    }

    [Theory]
    [InlineData("", new[] { 443, 80 })]
    [InlineData("### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in", new[] { 443, 80 })]
    [InlineData("### tuple ### allow tcp 443 0.0.0.0/0 any 0.0.0.0/0 in", new[] { 80 })]
    [InlineData("### tuple ### allow tcp 80,443 0.0.0.0/0 any 0.0.0.0/0 Nginx%20Full - in", new int[0])]
    [InlineData("### tuple ### allow any 80:500 0.0.0.0/0 any 0.0.0.0/0 in comment=616263", new int[0])]
    [InlineData("### tuple ### limit_log tcp 443 0.0.0.0/0 any 0.0.0.0/0 in_eth0", new[] { 80 })]
    [InlineData("### tuple ### allow tcp 80,443 0.0.0.0/0 any 10.0.0.0/8 in", new[] { 443, 80 })]
    [InlineData("### tuple ### route:allow tcp 443 0.0.0.0/0 any 0.0.0.0/0 in", new[] { 443, 80 })]
    [InlineData(
        "### tuple ### deny tcp 443 0.0.0.0/0 any 0.0.0.0/0 in\n### tuple ### allow any any 0.0.0.0/0 any 0.0.0.0/0 in", new[] { 443 })]
    public void Ufws_rules_are_read_as_it_writes_them(string rules, int[] closed)
    {
        WriteUfw("yes", "DROP", rules);
        var state = Ufw.Read(Ports, etc.Path)!;
        Assert.Equal(closed, state.Closed);
        if (closed.Length > 0)
            Assert.Equal($"{Sudo.Prefix}ufw allow {string.Join(',', closed.Order())}/tcp", state.Open);
    }

    [Fact]
    public void Ufw_that_lets_everything_in_closes_nothing()
    {
        WriteUfw("yes", "ACCEPT", "");
        Assert.Empty(Ufw.Read(Ports, etc.Path)!.Closed);
    }

    [Fact]
    public void Ufw_that_is_off_or_not_there_is_no_firewall()
    {
        Assert.Null(Ufw.Read(Ports, etc.Path));
        WriteUfw("no", "DROP", "");
        Assert.Null(Ufw.Read(Ports, etc.Path));
    }

    [Fact]
    public void The_finding_names_the_firewall_and_the_command()
    {
        var finding = FirewallCheck.Evaluate(Ports, [null, new("ufw", [443, 80], "ufw allow 80,443/tcp"), null]);
        Assert.Equal(
            (Severity.Failure, "ufw closes port 443 and 80", "Open them: ufw allow 80,443/tcp."),
            (finding.Severity, finding.Seen, finding.Remedy));
    }

    [Fact]
    public void Without_one_it_says_what_it_cannot_see() =>
        Assert.Equal(
            new Heliograph.Machine.Finding(
                "firewall",
                Severity.Ok,
                "none of this machine is seen to close port 443 and 80; a provider's cannot be seen from here"),
            FirewallCheck.Evaluate(Ports, [null, new("ufw", [], ""), null]));

    [Fact]
    public async Task What_listens_on_this_machine_only_needs_no_open_port() =>
        Assert.Equal(
            "not asked: nothing listens beyond this machine",
            (await FirewallCheck.RunAsync(
                [new IPEndPoint(IPAddress.Loopback, 443)], TimeProvider.System, TestContext.Current.CancellationToken)).Seen);

    /// <summary>A rule set of one rule, in a chain that drops by default.</summary>
    private static string DropsAllBut(string expressions)
    {
        const string Chain = """
            {"chain": {"family": "inet", "table": "filter", "name": "input", "type": "filter", "hook": "input", "policy": "drop"}}
            """;
        return $$$"""
            {"nftables": [{{{Chain}}},
                {"rule": {"family": "inet", "table": "filter", "chain": "input", "expr": {{{expressions}}}}}]}
            """;
    }

    private void WriteUfw(string enabled, string policy, string rules)
    {
        Directory.CreateDirectory(etc["ufw"]);
        Directory.CreateDirectory(etc["default"]);
        etc.Write("ufw/ufw.conf", $"# comment\nENABLED={enabled}\nLOGLEVEL=low\n");
        etc.Write("default/ufw", $"DEFAULT_INPUT_POLICY=\"{policy}\"\n");
        etc.Write("ufw/user.rules", $"*filter\n### RULES ###\n\n{rules}\n\n### END RULES ###\n");
    }
}
