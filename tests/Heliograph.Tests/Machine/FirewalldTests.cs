using Heliograph.Machine.Firewalls;
using Heliograph.Testing;

namespace Heliograph.Tests.Machine;

/// <summary>
/// firewalld is named only where the port alone decides. The firewall-cmd here is a fake, a script that prints what the real one prints
/// (firewall-cmd(1)): the real one needs D-Bus and a kernel's nftables.
/// </summary>
public sealed class FirewalldTests : IDisposable
{
    private static readonly int[] Ports = [443, 80];

    private readonly TempDirectory directory = new();

    public FirewalldTests()
    {
        directory.Write("state", "running\n");
        directory.Write("default-zone", "public\n");
        directory.Write("active-zones", "public\n  interfaces: eth0\n");
        directory.Write("active-policies", "allow-host-ipv6\n  ingress-zones: ANY\n  egress-zones: HOST\n");
        directory.Write(
            "zone",
            """
            public (active)
              target: default
              icmp-block-inversion: no
              interfaces: eth0
              sources:
              services: dhcpv6-client ssh
              ports:
              protocols:
              forward: yes
              masquerade: no
              forward-ports:
              source-ports:
              icmp-blocks:
              rich rules:

            """);
        directory.Write("open", "");
        // A link, so that the script finds the answers beside its name, and is never open for writing while it is started.
        File.CreateSymbolicLink(
            directory["fake-firewall-cmd"], Repository.PathOf("tests/Heliograph.Tests/Machine/Fixtures/firewalld/fake-firewall-cmd"));
    }

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("", new[] { 443, 80 }, "--add-port=80/tcp --add-port=443/tcp")]
    [InlineData("--query-port=443/tcp\n", new[] { 80 }, "--add-port=80/tcp")]
    [InlineData("--query-service=http\n", new[] { 443 }, "--add-port=443/tcp")]
    public async Task What_the_only_zone_does_not_open_is_closed(string open, int[] closed, string add)
    {
        directory.Write("open", open);

        var state = await AskAsync();

        Assert.NotNull(state);
        Assert.Equal(closed, state.Closed);
        Assert.Equal($"{Sudo.Prefix}firewall-cmd --permanent {add} && {Sudo.Prefix}firewall-cmd --reload", state.Open);
    }

    [Fact]
    public async Task What_is_open_by_its_port_or_its_service_is_not_closed()
    {
        directory.Write("open", "--query-port=443/tcp\n--query-service=http\n");
        Assert.Empty((await AskAsync())!.Closed);
    }

    [Theory]
    [InlineData("public (default)\n  interfaces: eth0\n")]
    [InlineData("")]
    public async Task The_default_zone_alone_is_certain_in_the_words_of_every_version(string zones)
    {
        directory.Write("active-zones", zones);
        directory.Write("active-policies", "");
        Assert.Equal(Ports, (await AskAsync())?.Closed);
    }

    [Theory]
    [InlineData("public\n  interfaces: eth1\nexternal\n  interfaces: eth0\n")]
    [InlineData("external\n  interfaces: eth0\n")]
    [InlineData("docker\n  interfaces: docker0\npublic\n  interfaces: eth0\n")]
    public async Task An_interface_with_a_zone_of_its_own_leaves_nothing_certain(string zones)
    {
        directory.Write("active-zones", zones);
        Assert.Null(await AskAsync());
    }

    [Theory]
    [InlineData("  target: default", "  target: ACCEPT")]
    [InlineData("  services: dhcpv6-client ssh", "  services: dhcpv6-client proxy ssh")]
    [InlineData("  protocols:", "  protocols: tcp")]
    [InlineData("  forward-ports:", "  forward-ports: port=443:proto=tcp:toport=8443:toaddr=")]
    [InlineData("  forward-ports:", "  forward-ports:\n\tport=443:proto=tcp:toport=8443:toaddr=")]
    [InlineData("  source-ports:", "  source-ports: 1024-65535/tcp")]
    [InlineData("  rich rules:", "  rich rules:\n\trule family=\"ipv4\" port port=\"443\" protocol=\"tcp\" accept")]
    public async Task Another_way_in_leaves_nothing_certain(string from, string to)
    {
        directory.Write("zone", File.ReadAllText(directory["zone"]).Replace(from, to, StringComparison.Ordinal));
        Assert.Null(await AskAsync());
    }

    [Fact]
    public async Task A_policy_of_the_operators_own_leaves_nothing_certain()
    {
        directory.Write("active-policies", "allow-host-ipv6\n  ingress-zones: ANY\nproxy\n  ingress-zones: ANY\n");
        Assert.Null(await AskAsync());
    }

    [Fact]
    public async Task Without_a_running_one_there_is_no_firewall()
    {
        directory.Write("state", "not running\n");
        Assert.Null(await AskAsync());
    }

    private Task<FirewallState?> AskAsync() => Firewalld.AskAsync(
        Ports, TimeProvider.System, TestContext.Current.CancellationToken, directory["fake-firewall-cmd"]);
}
