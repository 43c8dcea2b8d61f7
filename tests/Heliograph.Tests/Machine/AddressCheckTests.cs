using System.Net;
using System.Net.Sockets;
using Heliograph.Machine;

namespace Heliograph.Tests.Machine;

/// <summary>Whether a domain resolves to this machine: what a volunteer's VPS may look like, family by family.</summary>
public sealed class AddressCheckTests
{
    private const string Domain = "proxy.example.org";

    [Fact]
    public void Both_families_on_this_machine_are_good()
    {
        var finding = Evaluate(["8.8.4.4", "2a01:4f8::1"], ["8.8.4.4", "2a01:4f8::1", "10.0.0.5"]);
        Assert.Equal(new Finding("dns", Severity.Ok, $"{Domain} resolves to 8.8.4.4 (this machine), 2a01:4f8::1 (this machine)"), finding);
    }

    [Fact]
    public void A_name_without_an_address_needs_that_of_this_machine()
    {
        var finding = Evaluate([], ["10.0.0.5", "2a01:4f8::1", "8.8.4.4"]);
        Assert.Equal(
            new Finding(
                "dns", Severity.Failure, $"{Domain} has no address", "Create an A record for it with 8.8.4.4, and wait a few minutes."),
            finding);
    }

    [Fact]
    public void If_this_machines_public_address_is_unknown_the_provider_shows_it() =>
        Assert.Equal(
            "Create an A record for it with this machine's public address, as your provider shows it, and wait a few minutes.",
            Evaluate([], ["10.0.0.5"]).Remedy);

    [Fact]
    public void No_answer_means_that_this_machines_network_is_down()
    {
        var finding = AddressCheck.Evaluate(Domain, new(false, []), []);
        Assert.Equal((Severity.Failure, $"no DNS server answered for {Domain}"), (finding.Severity, finding.Seen));
    }

    [Fact]
    public void A_forgotten_AAAA_record_of_another_machine_is_a_failure()
    {
        var finding = Evaluate(["8.8.4.4", "2a01:4f8::9"], ["8.8.4.4", "2a01:4f8::1"]);
        Assert.Equal(
            (Severity.Failure, $"{Domain} resolves to 8.8.4.4 (this machine), 2a01:4f8::9 (another machine)"),
            (finding.Severity, finding.Seen));
        Assert.StartsWith("Change the AAAA record to 2a01:4f8::1", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void An_AAAA_record_for_a_machine_without_IPv6_is_a_failure()
    {
        var finding = Evaluate(["8.8.4.4", "2a01:4f8::9"], ["8.8.4.4"]);
        Assert.Equal(
            (Severity.Failure, $"{Domain} resolves to 8.8.4.4 (this machine), 2a01:4f8::9 (this machine has no IPv6)"),
            (finding.Severity, finding.Seen));
        Assert.StartsWith("Delete the AAAA record", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_behind_a_clouds_NAT_is_a_warning_and_no_failure()
    {
        var finding = Evaluate(["8.8.4.4"], ["10.0.0.5"]);
        Assert.Equal((Severity.Warning, $"{Domain} resolves to 8.8.4.4 (not seen here)"), (finding.Severity, finding.Seen));
        Assert.Contains("only the private address 10.0.0.5, as is usual in clouds", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_floating_address_is_no_failure()
    {
        var finding = Evaluate(["8.8.4.4"], ["1.1.1.1", "10.0.0.5"]);
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Contains("a floating address", finding.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("104.16.1.1")]
    [InlineData("2606:4700::1111")]
    public void Cloudflares_proxy_is_recognized(string address)
    {
        var finding = Evaluate([address], ["8.8.4.4", "2a01:4f8::1"]);
        Assert.Equal((Severity.Failure, $"{Domain} resolves to {address} (Cloudflare's proxy)"), (finding.Severity, finding.Seen));
        Assert.Contains("\"DNS only\"", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_address_reaches_nobody()
    {
        var finding = Evaluate(["10.0.0.5"], ["10.0.0.5", "8.8.4.4"]);
        Assert.Equal((Severity.Failure, $"{Domain} resolves to 10.0.0.5 (a private address)"), (finding.Severity, finding.Seen));
        Assert.Equal("Nobody on the internet can reach 10.0.0.5: put 8.8.4.4 in the record.", finding.Remedy);
    }

    /// <summary>Debian's installer writes the machine's own name into /etc/hosts as 127.0.1.1.</summary>
    [Fact]
    public void A_loopback_address_says_nothing_about_what_others_see() =>
        Assert.Equal(Severity.Warning, Evaluate(["127.0.1.1"], ["8.8.4.4"]).Severity);

    [Fact]
    public void An_address_as_the_domain_is_checked_too() =>
        Assert.Equal(
            new Finding("dns", Severity.Ok, "8.8.4.4 (this machine)"),
            AddressCheck.Evaluate("8.8.4.4", new(true, [IPAddress.Parse("8.8.4.4")]), [IPAddress.Parse("8.8.4.4")]));

    [Fact]
    public async Task Localhost_is_resolved_by_the_system()
    {
        var resolved = await AddressCheck.ResolveAsync("localhost", TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.True(resolved.Answered);
        Assert.All(resolved.Addresses, static address => Assert.True(IPAddress.IsLoopback(address)));
    }

    [Fact]
    public void This_machines_addresses_are_neither_loopback_nor_link_local() =>
        Assert.DoesNotContain(
            AddressCheck.LocalAddresses(),
            static address =>
                IPAddress.IsLoopback(address) || address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: true });

    private static Finding Evaluate(string[] record, string[] local) =>
        AddressCheck.Evaluate(Domain, new(true, [.. record.Select(IPAddress.Parse)]), [.. local.Select(IPAddress.Parse)]);
}
