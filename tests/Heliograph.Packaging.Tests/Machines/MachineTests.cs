using System.Text.RegularExpressions;
using Heliograph.Testing;

namespace Heliograph.Packaging.Tests.Machines;

/// <summary>The installed package under a real systemd and a real kernel, with clients that come over a network.</summary>
public abstract partial class MachineTests<TMachine>(TMachine machine) : IClassFixture<TMachine>
    where TMachine : InstalledMachine
{
    private const string Service = InstalledMachine.Service;
    private const string Socket = InstalledMachine.Socket;
    private const int CrowdSize = 8;

    /// <summary>Milliseconds. A reboot took four minutes on two processors with 28 busy processes.</summary>
    private const int Limit = 600_000;

    /// <summary>Far above WatchdogSec= and RestartSec= of the unit together.</summary>
    private static readonly TimeSpan Revival = TimeSpan.FromMinutes(2);

    [Fact(Timeout = Limit)]
    public async Task The_service_starts_in_its_sandbox_tells_systemd_that_it_is_ready_and_serves()
    {
        await machine.ServeAsync();
        Assert.Equal("running", await machine.ShowAsync(Service, "SubState"));
        Assert.Equal("enabled", await machine.ShowAsync(Service, "UnitFileState"));
        Assert.Contains("certificate valid for 28 days", await machine.ShowAsync(Service, "StatusText"), StringComparison.Ordinal);

        var process = await machine.RunAsync($"cat /proc/{await machine.ProcessAsync()}/status");
        var user = (await machine.RunAsync("id --user heliograph")).Trim();
        Assert.Contains($"\nUid:\t{user}\t{user}\t{user}\t{user}\n", process, StringComparison.Ordinal);
        Assert.Contains("\nNoNewPrivs:\t1\n", process, StringComparison.Ordinal);
        Assert.Contains("\nSeccomp:\t2\n", process, StringComparison.Ordinal);
        // CAP_NET_BIND_SERVICE alone.
        Assert.Contains("\nCapEff:\t0000000000000400\n", process, StringComparison.Ordinal);

        Assert.NotEmpty(await machine.VisitAsync());
        await using var client = await machine.ConnectAsync();
        await client.ExchangeAsync();
        Assert.Contains(
            "Location: https://proxy.example/",
            await machine.RunAsync("curl --silent --head --header 'Host: proxy.example' http://127.0.0.1/"),
            StringComparison.Ordinal);
        await machine.RunAsync("heliograph status");
    }

    [Fact(Timeout = Limit)]
    public async Task A_client_starts_the_stopped_service_through_the_socket_that_systemd_holds()
    {
        await machine.ServeAsync();
        var before = await machine.ProcessAsync();
        await machine.RunAsync($"systemctl stop {Service}");
        Assert.Equal("inactive", await machine.ShowAsync(Service, "ActiveState"));
        Assert.Equal("listening", await machine.ShowAsync(Socket, "SubState"));
        Assert.Empty(await machine.RunAsync($"ps --no-headers --pid {before} || true"));

        Assert.NotEmpty(await machine.VisitAsync());
        Assert.Equal("active", await machine.ShowAsync(Service, "ActiveState"));
        Assert.Equal("running", await machine.ShowAsync(Socket, "SubState"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_reload_applies_the_configuration_in_the_same_process_and_one_with_an_error_fails_and_changes_nothing()
    {
        await machine.ServeAsync();
        await using var client = await machine.ConnectAsync();
        var before = await machine.ProcessAsync();
        await machine.RunAsync("mkdir -p /srv/site && echo 'The page of the operator.' > /srv/site/index.html");
        await machine.ConfigureAsync("decoy: { directory: /srv/site }");
        await machine.RunAsync($"systemctl reload {Service}");
        await Polling.UntilAsync(
            async () => await machine.VisitAsync() == "The page of the operator.\n", TimeSpan.FromMinutes(1), "the page does not change");

        await machine.ConfigureAsync("limits: { idle_timeout: soon }");
        var (code, _, errors) = await machine.TryAsync($"systemctl reload {Service}");
        Assert.NotEqual(0, code);
        Assert.Contains("heliograph.service", errors, StringComparison.Ordinal);
        Assert.Contains("limits.idle_timeout (", await machine.JournalAsync(), StringComparison.Ordinal);
        Assert.Equal("The page of the operator.\n", await machine.VisitAsync());

        await client.ExchangeAsync();
        Assert.Equal(("active", before), (await machine.ShowAsync(Service, "ActiveState"), await machine.ProcessAsync()));
    }

    [Fact(Timeout = Limit)]
    public async Task While_visitors_come_all_the_time_the_service_restarts_and_nobody_is_refused()
    {
        await machine.ServeAsync();
        var opened = await machine.ShowAsync(Socket, "ActiveEnterTimestampMonotonic");
        var processes = new HashSet<string>(StringComparer.Ordinal) { await machine.ProcessAsync() };
        using var crowd = new Crowd(machine.Machine.Https, CrowdSize);
        for (var restart = 0; restart < 3; restart++)
        {
            await crowd.AnsweredAsync(2 * CrowdSize);
            await machine.RunAsync($"systemctl restart {Service}");
            processes.Add(await machine.ProcessAsync());
        }
        await crowd.AnsweredAsync(2 * CrowdSize);
        await crowd.EndAsync();
        Assert.Equal(4, processes.Count);
        Assert.Equal(opened, await machine.ShowAsync(Socket, "ActiveEnterTimestampMonotonic"));
    }

    [Fact(Timeout = Limit)]
    public async Task Killed_it_is_started_again_and_who_connects_meanwhile_waits_and_gets_the_same_page()
    {
        await machine.ServeAsync();
        var (page, before) = (await machine.VisitAsync(), await machine.ProcessAsync());
        await machine.RunAsync($"systemctl kill --kill-whom main --signal KILL {Service}");
        Assert.Equal(page, await machine.VisitAsync(Revival));
        Assert.NotEqual(before, await machine.ProcessAsync());
        Assert.Equal("1", await machine.ShowAsync(Service, "NRestarts"));
        Assert.Contains("Main process exited, code=killed, status=9/KILL", await machine.JournalAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Stuck_it_is_ended_by_the_watchdog_and_started_again()
    {
        await machine.ServeAsync();
        var before = await machine.ProcessAsync();
        await machine.RunAsync($"systemctl kill --kill-whom main --signal STOP {Service}");
        Assert.NotEmpty(await machine.VisitAsync(Revival));
        Assert.NotEqual(before, await machine.ProcessAsync());
        Assert.Equal("1", await machine.ShowAsync(Service, "NRestarts"));
        Assert.Contains("Watchdog timeout (limit 30s)!", await machine.JournalAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task After_a_reboot_everything_runs_and_the_page_is_the_same()
    {
        await machine.ServeAsync();
        var page = await machine.VisitAsync();
        const string Boot = "cat /proc/sys/kernel/random/boot_id";
        var before = await machine.RunAsync(Boot);
        await machine.Machine.RebootAsync();
        Assert.NotEqual(before, await machine.RunAsync(Boot));
        await machine.RunAsync($"systemctl is-active {Service} {Socket}");
        Assert.Equal(page, await machine.VisitAsync());
        Assert.Equal(("", "running\n"), (
            await machine.RunAsync("systemctl list-units --failed --no-legend"),
            await machine.RunAsync("systemctl is-system-running --wait")));
    }

    [Fact(Timeout = Limit)]
    public async Task An_upgrade_lets_open_connections_go_on_and_the_new_program_serves_who_waits_and_nobody_is_refused()
    {
        await machine.ServeAsync("limits: { drain_timeout: 2m, handover_timeout: 2m }");
        var opened = await machine.ShowAsync(Socket, "ActiveEnterTimestampMonotonic");
        var before = await machine.ProcessAsync();
        using var crowd = new Crowd(machine.Machine.Https, CrowdSize);
        await crowd.AnsweredAsync(CrowdSize);
        await using var client = await machine.ConnectAsync();

        var upgrade = machine.InstallAsync("newer.deb");
        var waiting = Task.FromResult("");
        try
        {
            await machine.Machine.UntilAsync(
                $"[ $(systemctl show --property SubState --value {Service}) = stop-sigterm ]",
                "the upgrade does not end the old program");
            // Then the old program accepts nobody any more.
            await Polling.UntilStillAsync(() => crowd.Answers);
            waiting = machine.VisitAsync(Revival);
            await client.ExchangeAsync();
            Assert.Equal("/usr/bin/heliograph (deleted)\n", await machine.RunAsync($"readlink /proc/{before}/exe"));
            await client.ExchangeAsync();
            Assert.False(waiting.IsCompleted);
        }
        finally
        {
            // The upgrade waits for this connection. If it went on, dpkg's lock would be in the way of the next test.
            await client.DisposeAsync();
            await upgrade;
        }
        Assert.NotEmpty(await waiting);
        await crowd.AnsweredAsync(CrowdSize);
        await crowd.EndAsync();
        Assert.Equal(
            OtherVersions.Newer, await machine.RunAsync("dpkg-query --show --showformat '${Version}' heliograph"));
        var after = await machine.ProcessAsync();
        Assert.NotEqual(before, after);
        Assert.Equal("/usr/bin/heliograph\n", await machine.RunAsync($"readlink /proc/{after}/exe"));
        Assert.Equal(opened, await machine.ShowAsync(Socket, "ActiveEnterTimestampMonotonic"));
    }

    [Fact(Timeout = Limit)]
    public async Task Purged_while_it_serves_it_leaves_nothing_and_installed_again_it_waits_for_its_operator()
    {
        await machine.ServeAsync("limits: { drain_timeout: 1s }");
        await using var client = await machine.ConnectAsync();
        await machine.RunAsync("dpkg --purge heliograph");
        Assert.Empty(await machine.RunAsync("pgrep --list-full '^heliograph' || true"));
        Assert.Empty(await machine.RunAsync("ss --tcp --listening --numeric --no-header '( sport = 443 or sport = 80 )'"));
        Assert.Empty(await machine.RunAsync("getent passwd heliograph || getent group heliograph || true"));
        Assert.Empty(await machine.RunAsync("systemctl list-units --all --plain --no-legend 'heliograph*'"));
        Assert.Empty(await machine.RunAsync("systemctl list-unit-files --no-legend 'heliograph*' || true"));
        Assert.Empty(await machine.RunAsync(
            $"find / /run /tmp /dev/shm -xdev -path {InstalledMachine.PackageDirectory} -prune -o -iname '*heliograph*' -print"));

        var output = await machine.InstallAsync("heliograph.deb");
        Assert.Contains("Heliograph is installed, and not started: its domain is not set yet.", output, StringComparison.Ordinal);
        Assert.Equal(
            ("inactive", "disabled"), (await machine.ShowAsync(Service, "ActiveState"), await machine.ShowAsync(Service, "UnitFileState")));
        Assert.Equal("inactive", await machine.ShowAsync(Socket, "ActiveState"));
    }

    [Fact(Timeout = Limit)]
    public async Task The_journal_has_no_address_of_a_client_at_the_most_verbose_level()
    {
        string[] clients = [Machine.ClientAddress, "127.83.19.8", "fd83:19::7"];
        await machine.ServeAsync("log: { level: trace }");
        await using (var client = await machine.ConnectAsync())
        {
            await client.ExchangeAsync();
            // It does come from this address.
            Assert.Contains(
                clients[0],
                await machine.RunAsync("ss --tcp --numeric --no-header state established '( sport = 443 )'"),
                StringComparison.Ordinal);
        }
        await machine.VisitAsync();
        await machine.RunAsync($"""
            set -e
            ip address replace {clients[2]}/128 dev lo
            for url in https://127.0.0.1/ http://127.0.0.1/; do
                curl --silent --insecure --output /dev/null --interface {clients[1]} $url
            done
            for url in https://[::1]/ http://[::1]/; do
                curl --silent --insecure --globoff --output /dev/null --interface {clients[2]} $url
            done
            # No TLS, and half a hello.
            for bytes in 'GET / HTTP/1.1\r\n\r\n' '\x16\x03\x01\x02\x00\x01'; do
                printf "$bytes" | curl --silent --max-time 5 --interface {clients[1]} telnet://127.0.0.1:443 > /dev/null || true
            done
            systemctl restart {Service}
            """);
        var journal = await machine.JournalAsync();
        // It was verbose.
        Assert.Contains("a connection ended: Relayed", journal, StringComparison.Ordinal);
        // Every field of every record, and not those of the service alone.
        Assert.Empty(await machine.RunAsync(
            "journalctl --no-pager --output export | grep --text --fixed-strings "
            + string.Join(' ', clients.Select(static client => $"-e {client}")) + " || true"));
    }

    [Fact(Timeout = Limit)]
    public async Task Its_exposure_is_what_the_documents_say()
    {
        await machine.ServeAsync();
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs/operating/systemd.md"), Tool.Token);
        Assert.Equal(
            DocumentedExposure().Match(page).Groups["exposure"].Value,
            Exposure().Match(await machine.RunAsync($"systemd-analyze security --no-pager {Service}")).Groups["exposure"].Value);
    }

    [Fact(Timeout = Limit)]
    public async Task After_ten_days_the_temporary_files_are_cleaned_and_the_service_goes_on()
    {
        await machine.ServeAsync();
        var page = await machine.VisitAsync();
        await using var client = await machine.ConnectAsync();
        // As systemd has it. Debian 12 cleans nothing by default.
        await machine.Machine.WriteAsync("/etc/tmpfiles.d/tmp.conf", "q /tmp 1777 root root 10d\nq /var/tmp 1777 root root 10d\n");
        var own = (await machine.RunAsync("echo /tmp/systemd-private-*-heliograph.service-*/tmp")).Trim();
        await machine.RunAsync($"touch /tmp/old /var/tmp/old {own}/old");
        await machine.RunAsync("date --set '11 days' && systemd-tmpfiles --clean");
        try
        {
            Assert.Equal("", await machine.RunAsync($"ls /tmp/old /var/tmp/old {own}/old 2> /dev/null || true"));
            await client.ExchangeAsync();
            Assert.Equal(page, await machine.VisitAsync());
            await machine.RunAsync("heliograph status");
            await machine.RunAsync($"systemctl reload {Service}");
            await client.DisposeAsync();
            await machine.RunAsync($"systemctl restart {Service}");
            Assert.NotEmpty(await machine.VisitAsync());
        }
        finally
        {
            await machine.RunAsync("date --set '11 days ago' && rm /etc/tmpfiles.d/tmp.conf");
        }
    }

    [GeneratedRegex("gives an exposure of (?<exposure>[0-9.]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DocumentedExposure();

    [GeneratedRegex("Overall exposure level for heliograph.service: (?<exposure>[0-9.]+) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Exposure();
}
