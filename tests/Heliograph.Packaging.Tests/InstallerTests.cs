using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>The tarball's installer, in a Debian that stands for any system with systemd and without our .deb.</summary>
public sealed class InstallerTests(Packages packages)
{
    private const string Here = "/opt/heliograph/install";

    [Fact]
    public async Task It_installs_as_the_deb_does_once_and_leaves_nothing_when_purged()
    {
        using var root = await UnpackedAsync(packages.Native);
        var before = await root.FilesAsync();
        Assert.Contains("  useradd --system ", await root.RunAsync(Here, "--dry-run"), StringComparison.Ordinal);
        Assert.Equal(before, await root.FilesAsync());

        var first = await root.RunAsync(Here);
        Assert.Contains("  install -m 755 heliograph /usr/bin/heliograph\n", first, StringComparison.Ordinal);
        Assert.EndsWith(
            """
            Heliograph is installed, and not started: its domain is not set yet. Next:
                sudo heliograph init
                sudo systemctl enable --now heliograph.service

            """, first, StringComparison.Ordinal);
        Assert.Equal(["daemon-reload"], Changing(root.SystemctlCalls));
        Assert.Equal($"heliograph {Packages.Version}\n", await root.RunAsync("heliograph", "--version"));
        var installed = await root.FilesAsync();
        Assert.StartsWith("  nothing to do: this version is installed\n", await root.RunAsync(Here), StringComparison.Ordinal);
        Assert.Equal(installed, await root.FilesAsync());
        var byInstaller = await SummaryAsync(root);

        // An upgrade of a running service: only what has changed, and the socket stays.
        await File.AppendAllTextAsync(root["usr/bin/heliograph"], "an older one", Tool.Token);
        root.PretendRunning();
        _ = root.SystemctlCalls;
        Assert.Equal(
            """
              install -m 755 heliograph /usr/bin/heliograph
              systemctl daemon-reload
              systemctl restart heliograph.service

            """, (await root.RunAsync(Here)).Split("Heliograph is installed")[0]);
        Assert.Equal(["daemon-reload", "restart heliograph.service"], Changing(root.SystemctlCalls));
        Assert.Equal(installed, await root.FilesAsync());
        File.Delete(root["run/heliograph.is-active"]);

        await File.WriteAllTextAsync(root["etc/heliograph/heliograph.yaml"], "domains: [proxy.example.org]\n", Tool.Token);
        _ = root.SystemctlCalls;
        Assert.EndsWith(
            "Kept: /etc/heliograph, /var/lib/heliograph and the user. --uninstall --purge removes them too.\n",
            await root.RunAsync(Here, "--uninstall"), StringComparison.Ordinal);
        Assert.Equal(["disable --now heliograph.socket heliograph.service", "daemon-reload"], root.SystemctlCalls);
        Assert.False(File.Exists(root["usr/bin/heliograph"]));
        await root.RunAsync("test", "-e", "/etc/heliograph/heliograph.yaml", "-a", "-d", "/var/lib/heliograph");
        Assert.DoesNotContain("heliograph init", await root.RunAsync(Here), StringComparison.Ordinal);

        await root.RunAsync(Here, "--uninstall", "--purge");
        Assert.Equal(before, await root.FilesAsync());
        await root.RunAsync(Here, "--uninstall", "--purge");

        // Beside a .deb it does nothing; and the two leave the same behind.
        await root.InstallAsync(Packages.Deb);
        Assert.Equal(byInstaller, await SummaryAsync(root));
        Assert.Equal(
            (1, "install: Heliograph is installed here as a Debian package: apt upgrades and removes it\n"), await RefusedAsync(root));
    }

    [Fact]
    public async Task The_portable_build_lies_in_a_directory_of_its_own_and_may_compile_while_it_runs()
    {
        using var root = await UnpackedAsync(packages.Portable);
        Assert.Contains(
            "install: the program does not run on this machine; docs/operating/install.md, beside this script, says what it needs\n",
            (await RefusedAsync(root)).Errors, StringComparison.Ordinal);
        var before = await root.FilesAsync();
        // In place of the runtime: it says what it was asked to run.
        await File.WriteAllTextAsync(root["opt/dotnet"], "#!/bin/sh\necho \"$@\"\n", Tool.Token);
        await root.RunAsync("install", "-m", "755", "/opt/dotnet", "/usr/bin/dotnet");

        await root.RunAsync(Here);
        Assert.Equal("/usr/lib/heliograph/lib/heliograph.dll --version\n", await root.RunAsync("heliograph", "--version"));
        Assert.EndsWith(
            "\n[Service]\nMemoryDenyWriteExecute=no\n",
            await File.ReadAllTextAsync(root["usr/lib/systemd/system/heliograph.service.d/portable.conf"], Tool.Token),
            StringComparison.Ordinal);
        Assert.StartsWith("  nothing to do: this version is installed\n", await root.RunAsync(Here), StringComparison.Ordinal);

        // It is stopped before its files change.
        await File.AppendAllTextAsync(root["usr/lib/heliograph/lib/heliograph.dll"], "an older one", Tool.Token);
        root.PretendRunning();
        _ = root.SystemctlCalls;
        Assert.StartsWith("  systemctl stop heliograph.service\n", await root.RunAsync(Here), StringComparison.Ordinal);
        Assert.Equal(["stop heliograph.service", "daemon-reload", "start heliograph.service"], Changing(root.SystemctlCalls));

        await root.RunAsync(Here, "--uninstall", "--purge");
        File.Delete(root["usr/bin/dotnet"]);
        File.Delete(root["opt/dotnet"]);
        Assert.Equal(before, await root.FilesAsync());
    }

    [Theory]
    [InlineData("--purge", "install: --purge goes with --uninstall; see ./install --help\n")]
    [InlineData("--remove", "install: unknown option --remove; see ./install --help\n")]
    public async Task A_wrong_option_changes_nothing(string option, string message)
    {
        var (code, _, errors) = await ChildProcess.RunAsync(
            Path.Combine(packages.Native, "install"), [option], TimeSpan.FromSeconds(30));
        Assert.Equal((2, message), (code, errors));
    }

    private static async Task<DebianRoot> UnpackedAsync(string tarball)
    {
        var root = await DebianRoot.CreateAsync();
        root.PretendSystemd();
        await Tool.RunAsync("cp", "-R", tarball, root["opt/heliograph"]);
        return root;
    }

    private static async Task<(int ExitCode, string Errors)> RefusedAsync(DebianRoot root)
    {
        var (code, _, errors) = await root.TryAsync(Here);
        return (code, errors);
    }

    /// <summary>Program, units, directories and user, without the numbers that the system gave.</summary>
    private static async Task<string> SummaryAsync(DebianRoot root) =>
        await root.RunAsync(
            "sh", "-c", """
            stat --format='%n %a %U %G %s' /usr/bin/heliograph /usr/lib/systemd/system/heliograph.* /var/lib/heliograph /etc/heliograph \
                /usr/share/bash-completion/completions/heliograph /usr/share/fish/vendor_completions.d/heliograph.fish
            getent passwd heliograph | cut -d: -f1,5- | sed s/,,,//
            getent group heliograph | cut -d: -f1
            cd /usr/share/doc/heliograph && find docs packaging README.md CHANGELOG.md examples copyright dotnet-notices.txt | sort
            """);

    private static string[] Changing(IEnumerable<string> calls) =>
        [.. calls.Where(static call => !call.StartsWith("is-active", StringComparison.Ordinal))];
}
