using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Systemd;

/// <summary>systemd itself, as a user's service manager: it needs neither to be the first process nor a bus.</summary>
internal sealed class SystemdProcess : IAsyncDisposable
{
    private const string Program = "/usr/lib/systemd/systemd";

    /// <summary>It starts only where the system was started by systemd, and takes this directory as the sign of it.</summary>
    private const string Start =
        "mount --make-rprivate / && mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && exec " + Program + " --user";

    private readonly ChildProcess process;
    private readonly Dictionary<string, string?> environment;

    private SystemdProcess(ChildProcess process, Dictionary<string, string?> environment)
    {
        this.process = process;
        this.environment = environment;
    }

    /// <param name="directory">For the manager's own files, and for <paramref name="units"/>.</param>
    /// <param name="units">The units, by their names.</param>
    public static async Task<SystemdProcess> StartAsync(TempDirectory directory, params (string Name, string Text)[] units)
    {
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && File.Exists(Program), "a service manager of one's own requires root and systemd");
        var folder = Directory.CreateDirectory(directory["config/systemd/user"]).FullName;
        foreach (var (name, text) in units)
            await File.WriteAllTextAsync(Path.Combine(folder, name), text, Bound.Token);
        await File.WriteAllTextAsync(Path.Combine(folder, "default.target"), "[Unit]\nDescription=Nothing\n", Bound.Token);
        Directory.CreateDirectory(directory["run"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["XDG_RUNTIME_DIR"] = directory["run"],
            ["XDG_CONFIG_HOME"] = directory["config"],
            ["HOME"] = directory.Path,
            ["SYSTEMD_LOG_TARGET"] = "console",
            ["DBUS_SESSION_BUS_ADDRESS"] = null,
        };
        var process = ChildProcess.Start("unshare", ["--mount", "sh", "-c", Start], directory.Path, environment);
        var manager = new SystemdProcess(process, environment);
        try
        {
            await Polling.UntilAsync(
                async () =>
                {
                    Assert.SkipWhen(process.HasExited, "systemd does not run here as a user's manager: " + process.AllOutput);
                    return (await manager.AskAsync("show", "--property=Version")).ExitCode == 0;
                },
                TimeSpan.FromSeconds(20),
                "systemd does not start: " + process.AllOutput);
            return manager;
        }
        catch
        {
            await manager.DisposeAsync();
            throw;
        }
    }

    public Task<(int ExitCode, string Output, string Errors)> AskAsync(params string[] arguments) =>
        ChildProcess.RunAsync("systemctl", ["--user", .. arguments], TimeSpan.FromSeconds(20), directory: null, environment);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            // It ends what it started.
            await AskAsync("exit");
            await process.WaitForExitAsync(TimeSpan.FromSeconds(20));
        }
        await process.DisposeAsync();
    }
}
