using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>The .deb in a separate Debian: installed, upgraded, removed, purged.</summary>
public sealed class DebInstallTests
{
    [Fact]
    public async Task A_fresh_install_starts_nothing_and_says_what_to_do_next()
    {
        using var root = await DebianRoot.CreateAsync();
        root.PretendSystemd();
        var output = await root.InstallAsync(Packages.Deb);
        Assert.Contains("Heliograph is installed, and not started", output, StringComparison.Ordinal);
        Assert.Contains("sudo heliograph init\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain(root.SystemctlCalls, static call => call.Contains("start", StringComparison.Ordinal));

        Assert.Equal($"heliograph {Packages.Version}\n", await root.RunAsync("heliograph", "--version"));
        Assert.Equal("700 heliograph heliograph\n", await root.RunAsync("stat", "--format=%a %U %G", "/var/lib/heliograph"));
        Assert.Matches(
            "^heliograph:x:[0-9]+:[0-9]+:Heliograph[^:]*:/var/lib/heliograph:/usr/sbin/nologin\n$",
            await root.RunAsync("getent", "passwd", "heliograph"));
        // Nothing is configured yet, and the only error is the value that only the operator knows.
        Assert.Empty(Directory.EnumerateFileSystemEntries(root["etc/heliograph"]));
        var (code, _, errors) = await root.TryAsync("heliograph", "config", "validate");
        Assert.Equal(2, code);
        Assert.Contains("domains: missing", errors, StringComparison.Ordinal);
        Assert.Contains("the configuration has an error:", errors, StringComparison.Ordinal);
        // Installing it again does no harm.
        await root.InstallAsync(Packages.Deb);
        // It exits with 3 on a machine that is unfit for a proxy, as here.
        var init = await root.TryAsync("heliograph", "init", "--domain", "proxy.example.org", "--offline", "--no-qr");
        Assert.True(init.ExitCode is 0 or 3, init.Output + init.Errors);
        Assert.Contains("  systemctl enable --now heliograph\n", init.Output, StringComparison.Ordinal);
        Assert.Equal("640 root heliograph\n", await root.RunAsync("stat", "--format=%a %U %G", "/etc/heliograph/heliograph.yaml"));
        await root.RunAsync("heliograph", "config", "validate");
        Assert.DoesNotContain(root.SystemctlCalls, static call => call.Contains("start", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_upgrade_restarts_the_service_and_not_the_socket_and_keeps_the_configuration()
    {
        using var root = await DebianRoot.CreateAsync();
        root.PretendSystemd();
        await root.InstallAsync(Packages.Deb);
        await File.WriteAllTextAsync(root["etc/heliograph/heliograph.yaml"], "domains: [proxy.example.org]\n", Tool.Token);
        root.Enable();
        root.PretendRunning();
        _ = root.SystemctlCalls;

        await root.InstallAsync(await root.MakeNewerAsync());
        var calls = root.SystemctlCalls;
        Assert.Contains(
            calls,
            static call =>
                call.Contains("restart", StringComparison.Ordinal) && call.EndsWith("heliograph.service", StringComparison.Ordinal));
        Assert.DoesNotContain(
            calls,
            static call =>
                call.Contains("start", StringComparison.Ordinal) && call.Contains("heliograph.socket", StringComparison.Ordinal));
        Assert.DoesNotContain(calls, static call => call.Contains("stop", StringComparison.Ordinal));
        Assert.Equal("domains: [proxy.example.org]\n", await File.ReadAllTextAsync(root["etc/heliograph/heliograph.yaml"], Tool.Token));
    }

    [Fact]
    public async Task Remove_keeps_configuration_and_state_and_purge_leaves_nothing()
    {
        using var root = await DebianRoot.CreateAsync();
        root.PretendSystemd();
        var before = await root.FilesAsync();
        await root.InstallAsync(Packages.Deb);
        await File.WriteAllTextAsync(root["etc/heliograph/heliograph.yaml"], "domains: [proxy.example.org]\n", Tool.Token);
        await File.WriteAllTextAsync(root["var/lib/heliograph/seed"], "state", Tool.Token);
        root.Enable();
        _ = root.SystemctlCalls;

        await root.RunAsync("dpkg", "--remove", "heliograph");
        Assert.Contains(
            root.SystemctlCalls,
            static call => call.Contains("stop", StringComparison.Ordinal) && call.Contains("heliograph.socket", StringComparison.Ordinal));
        Assert.False(File.Exists(root["usr/bin/heliograph"]));
        Assert.True(File.Exists(root["var/lib/heliograph/seed"]) && File.Exists(root["etc/heliograph/heliograph.yaml"]));

        // Installed again, with everything that was kept: it starts.
        await root.InstallAsync(Packages.Deb);
        Assert.Contains(
            root.SystemctlCalls,
            static call =>
                call.Contains("start", StringComparison.Ordinal) && call.Contains("heliograph.service", StringComparison.Ordinal));
        Assert.True(File.Exists(root["var/lib/heliograph/seed"]));

        await root.RunAsync("dpkg", "--purge", "heliograph");
        Assert.Equal(before, await root.FilesAsync());
        Assert.Equal(2, (await root.TryAsync("getent", "passwd", "heliograph")).ExitCode);
        // Purged twice, and purged without being removed first.
        await root.RunAsync("dpkg", "--purge", "heliograph");
        await root.InstallAsync(Packages.Deb);
        await root.RunAsync("dpkg", "--purge", "heliograph");
        Assert.Equal(before, await root.FilesAsync());
    }

    [Fact]
    public async Task Lintian_reports_nothing_without_a_stated_reason()
    {
        var (code, output, errors) = await ChildProcess.RunAsync(
            "lintian", ["--allow-root", "--fail-on", "error,warning", Packages.Deb], TimeSpan.FromMinutes(2));
        Assert.True(code == 0, output + errors);
    }
}
