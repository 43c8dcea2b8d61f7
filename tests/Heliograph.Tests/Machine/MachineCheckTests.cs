using System.Globalization;
using Heliograph.Configuration;
using Heliograph.Machine;
using Heliograph.Testing;

namespace Heliograph.Tests.Machine;

/// <summary>The other checks of the machine: clock, OpenSSL, descriptors, memory, disk; and all of them together.</summary>
public sealed class MachineCheckTests
{
    private const long Megabyte = 1024 * 1024;
    private static readonly DateTimeOffset Noon = DateTimeOffset.Parse("2026-11-22T12:00:00Z", CultureInfo.InvariantCulture);

    [Fact]
    public void A_clock_synchronized_by_a_time_service_is_good() =>
        Assert.Equal(
            new Finding("clock", Severity.Ok, "2026-11-22 12:00 UTC, synchronized by a time service"),
            ClockCheck.Evaluate(true, null, Noon));

    [Fact]
    public void A_clock_that_is_not_synchronized_is_a_warning()
    {
        var finding = ClockCheck.Evaluate(false, null, Noon);
        Assert.Equal((Severity.Warning, "2026-11-22 12:00 UTC, not synchronized by a time service"), (finding.Severity, finding.Seen));
        Assert.Contains("timedatectl set-ntp true", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_that_does_not_say_is_no_problem() =>
        Assert.Equal(new Finding("clock", Severity.Ok, "2026-11-22 12:00 UTC"), ClockCheck.Evaluate(null, null, Noon));

    [Theory]
    [InlineData("chronyd", "chrony")]
    [InlineData("ntpd", "ntpd")]
    public void A_time_service_that_does_not_tell_the_kernel_is_one_all_the_same(string process, string name)
    {
        using var proc = new TempDirectory();
        Directory.CreateDirectory(proc["812"]);
        proc.Write("812/comm", process + "\n");
        Assert.Equal(
            new Finding("clock", Severity.Ok, $"2026-11-22 12:00 UTC, looked after by {name}"),
            ClockCheck.Evaluate(false, TimeService.FindRunning(proc.Path), Noon));
    }

    [Fact]
    public void A_time_service_that_has_not_reached_its_server_is_named()
    {
        using var proc = new TempDirectory();
        Directory.CreateDirectory(proc["812"]);
        proc.Write("812/comm", "systemd-timesyn\n");
        var finding = ClockCheck.Evaluate(false, TimeService.FindRunning(proc.Path), Noon);
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Contains("systemd-timesyncd is running", finding.Seen, StringComparison.Ordinal);
        Assert.DoesNotContain("apt-get", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenSSL_is_installed() =>
        Assert.Equal(OpenSslCheck.FromVersion(System.Security.Cryptography.SafeEvpPKeyHandle.OpenSslVersion), OpenSslCheck.Run());

    [Theory]
    [InlineData(0x300000b0, Severity.Note, "OpenSSL 3.0, without post-quantum key exchange (X25519MLKEM768)")]
    [InlineData(0x30400010, Severity.Note, "OpenSSL 3.4, without post-quantum key exchange (X25519MLKEM768)")]
    [InlineData(0x30500000, Severity.Ok, "OpenSSL 3.5, with post-quantum key exchange")]
    [InlineData(0x40000000, Severity.Ok, "OpenSSL 4.0, with post-quantum key exchange")]
    internal void An_OpenSSL_without_post_quantum_key_exchange_is_worth_knowing(long version, Severity severity, string seen)
    {
        var finding = OpenSslCheck.FromVersion(version);

        Assert.Equal((severity, seen), (finding.Severity, finding.Seen));
        Assert.Equal(
            severity == Severity.Note,
            finding.Remedy?.StartsWith("Debian 13, Ubuntu 26.04 and the container", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData(1024L, null, "Warning", "1024, enough for 308 connections at once")]
    [InlineData(65536L, null, "Ok", "65536, enough for 21812 connections at once")]
    [InlineData(65536L, 30000, "Warning", "65536, enough for 21812 connections at once, but limits.max_connections is 30000")]
    [InlineData(1024L, 100, "Ok", "1024, enough for 308 connections at once")]
    public void Descriptors_are_reported_as_connections(long descriptors, int? wanted, string severity, string seen)
    {
        var finding = DescriptorCheck.Evaluate(descriptors, wanted);
        Assert.Equal((severity, seen), (finding.Severity.ToString(), finding.Seen));
        Assert.Equal(severity == "Ok", finding.Remedy is null);
    }

    [Fact]
    public void Descriptors_that_a_start_refuses_are_a_failure()
    {
        var finding = DescriptorCheck.Evaluate(130, wanted: null);
        Assert.Equal(Severity.Failure, finding.Severity);
        Assert.StartsWith("this process may have 130 open files, and needs ", finding.Seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(512, "Ok", "512 MB, enough for 8192 connections at once")]
    [InlineData(128, "Warning", "128 MB, enough for 2048 connections at once")]
    public void Memory_is_reported_as_connections(int megabytes, string severity, string seen)
    {
        var finding = MemoryCheck.Evaluate(megabytes * Megabyte);
        Assert.Equal((severity, seen), (finding.Severity.ToString(), finding.Seen));
    }

    [Theory]
    [InlineData(true, 900, "Ok", "/var/lib/heliograph, 900 MB free")]
    [InlineData(false, 900, "Ok", "/var/lib/heliograph, not created yet, 900 MB free")]
    [InlineData(true, 20, "Warning", "/var/lib/heliograph, 20 MB free")]
    [InlineData(true, 0, "Failure", "/var/lib/heliograph, 0 KB free")]
    public void The_state_directory_has_room(bool exists, int megabytes, string severity, string seen)
    {
        var finding = StateCheck.Evaluate("/var/lib/heliograph", exists, writable: true, megabytes * Megabyte);
        Assert.Equal((severity, seen), (finding.Severity.ToString(), finding.Seen));
    }

    [Fact]
    public void A_state_directory_of_another_user_is_a_failure() =>
        Assert.Equal(
            $"user {Environment.UserName} cannot write to /var/lib/heliograph",
            StateCheck.Evaluate("/var/lib/heliograph", exists: true, writable: false, 900 * Megabyte).Seen);

    [Fact]
    public void The_check_of_the_state_directory_creates_nothing()
    {
        using var directory = new TempDirectory();
        Assert.Equal(Severity.Ok, StateCheck.Run(directory["a/b"]).Severity);
        Assert.False(Directory.Exists(directory["a"]));
    }

    [Fact]
    public async Task All_checks_run_and_offline_ones_contact_nobody()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var settings = new Settings
        {
            Domains = ["localhost"],
            Listen = [new(System.Net.IPAddress.Loopback, 0)],
            HttpListen = [],
            IsMetricsListenDefault = true,
        };
        Assert.Equal(
            ["openssl", "dns", "firewall", "clock", "authority", "descriptors", "memory", "state"],
            MachineChecks.For(settings, offline: false, running: [], TimeProvider.System).Select(static check => check.Name));
        var checks = MachineChecks.For(settings, offline: true, running: [], TimeProvider.System);
        Assert.Equal(["openssl", "firewall", "clock", "descriptors", "memory", "state"], checks.Select(static check => check.Name));
        foreach (var check in checks)
            Assert.Equal(check.Name, (await check.RunAsync(cancellation)).Name);
    }
}
