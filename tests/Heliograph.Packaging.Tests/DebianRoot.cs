using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>
/// A Debian 12 of its own below a directory, as debootstrap makes it. No systemd runs there: in place of systemctl stands a script that
/// writes
/// down what the package asks of it.
/// </summary>
internal sealed class DebianRoot : IDisposable
{
    private const string Calls = "run/systemctl.calls";

    // Fetched once; the next runs unpack it.
    private static readonly string Cache = Repository.PathOf("artifacts/packaging-tests/bookworm.tar");
    private static readonly string BuilderCache = Repository.PathOf("artifacts/packaging-tests/bookworm-gcc.tar");
    private static readonly SemaphoreSlim Fetching = new(1);

    private readonly TempDirectory directory = new();

    private DebianRoot()
    {
    }

    public string Path => directory["root"];

    /// <summary>What was asked of systemctl since the last look.</summary>
    public IReadOnlyList<string> SystemctlCalls
    {
        get
        {
            var lines = File.Exists(this[Calls]) ? File.ReadAllLines(this[Calls]) : [];
            File.Delete(this[Calls]);
            return lines;
        }
    }

    /// <summary>A path in the root, as this machine sees it.</summary>
    public string this[string path] => System.IO.Path.Combine(Path, path.TrimStart('/'));

    public static async Task<DebianRoot> CreateAsync()
    {
        var root = new DebianRoot();
        try
        {
            await FetchAsync();
            Directory.CreateDirectory(root.Path);
            await Tool.RunAsync("tar", "-xpf", Cache, "-C", root.Path);
            return root;
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }

    /// <summary>The packed root; also the base image of the container.</summary>
    public static Task<string> FetchAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "debootstrap, chroot and buildah take root");
        return FetchAsync(
            Cache,
            async root =>
                await Tool.RunAsync(
                    Tool.Build,
                    environment: null,
                    "debootstrap",
                    ["--variant=minbase", "--include=adduser,ca-certificates,libssl3", "bookworm", root, .. await MirrorAsync()]));
    }

    /// <summary>The same with what links a program, and with a dotnet that is mounted later.</summary>
    public static async Task<string> FetchBuilderAsync()
    {
        var below = await FetchAsync();
        return await FetchAsync(
            BuilderCache,
            async root =>
            {
                Directory.CreateDirectory(root);
                await Tool.RunAsync("tar", "-xpf", below, "-C", root);
                await Tool.RunAsync(Tool.Build, environment: null, "chroot", root, "apt-get", "update");
                await Tool.RunAsync(
                    Tool.Build,
                    environment: null,
                    "chroot",
                    root,
                    "apt-get",
                    "install",
                    "--yes",
                    "--no-install-recommends",
                    "gcc",
                    "libc6-dev");
                File.CreateSymbolicLink(System.IO.Path.Combine(root, "usr/bin/dotnet"), "/usr/share/dotnet/dotnet");
            });
    }

    /// <summary>Puts the script in place of systemctl, in a system that believes that systemd runs.</summary>
    public void PretendSystemd()
    {
        Directory.CreateDirectory(this["run/systemd/system"]);
        // is-active answers as the test says; deb-systemd-invoke asks whether a unit is enabled, and starts none that is not.
        File.WriteAllText(this["usr/bin/systemctl"], $$"""
            #!/bin/sh
            echo "$*" >> /{{Calls}}
            case " $* " in
                *" is-active "*) [ -e /run/heliograph.is-active ] ;;
                *" is-enabled "*) [ -e /etc/systemd/system/multi-user.target.wants/heliograph.service ] && echo enabled || { echo disabled; exit 1; } ;;
            esac

            """
        );
        File.SetUnixFileMode(
            this["usr/bin/systemctl"],
            UnixFileMode.UserRead
                | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead
                | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead
                | UnixFileMode.OtherExecute);
    }

    /// <summary>What <c>systemctl enable heliograph.service</c> does.</summary>
    public void Enable()
    {
        foreach (
            var (target, unit) in new[] { ("multi-user.target.wants", "heliograph.service"), ("sockets.target.wants", "heliograph.socket") })
        {
            Directory.CreateDirectory(this["etc/systemd/system/" + target]);
            File.CreateSymbolicLink(this[$"etc/systemd/system/{target}/{unit}"], "/usr/lib/systemd/system/" + unit);
        }
    }

    /// <summary>What systemctl would answer when it is asked whether the service runs.</summary>
    public void PretendRunning() => File.WriteAllText(this["run/heliograph.is-active"], "");

    /// <summary>
    /// A command that becomes a program in this root by exec, so that its process id stays. The test's temporary directory is not there.
    /// </summary>
    public string[] Command(params string[] command) =>
        ["unshare", "--mount", "sh", "-c", "mount -t proc proc \"$0/proc\" && unset TMPDIR && exec chroot \"$0\" \"$@\"", Path, .. command];

    /// <summary>The same as a user of this root, without root's groups.</summary>
    public string[] CommandAs(string user, string[] command) =>
        [
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount -t proc proc \"$0/proc\" && unset TMPDIR && exec chroot \"$@\"",
            Path,
            $"--userspec={user}:{user}",
            "--groups=",
            Path,
            .. command,
        ];

    /// <summary>Runs a program in this root; it has to succeed.</summary>
    public Task<string> RunAsync(params string[] command) => Tool.RunAsync("env", [.. Clean, .. Command(command)]);

    /// <summary>Runs a program in this root, which may fail.</summary>
    public Task<(int ExitCode, string Output, string Errors)> TryAsync(params string[] command) =>
        ChildProcess.RunAsync("env", [.. Clean, .. Command(command)], TimeSpan.FromMinutes(1));

    /// <summary>Installs a package from a file of this machine.</summary>
    public async Task<string> InstallAsync(string package)
    {
        File.Copy(package, this["run/package.deb"], overwrite: true);
        try
        {
            // What the test says to dpkg's question is what apt's unattended runs say: keep the file as it is.
            return await RunAsync("dpkg", "--force-confold", "--install", "/run/package.deb");
        }
        finally
        {
            File.Delete(this["run/package.deb"]);
        }
    }

    /// <summary>The same package with the number of the next version.</summary>
    public async Task<string> MakeNewerAsync()
    {
        await Tool.RunAsync("dpkg-deb", "--raw-extract", Packages.Deb, this["run/newer"]);
        var control = this["run/newer/DEBIAN/control"];
        await File.WriteAllTextAsync(
            control,
            (await File.ReadAllTextAsync(control)).Replace(
                $"Version: {Packages.Version}", $"Version: {Packages.Version}+1", StringComparison.Ordinal));
        await Tool.RunAsync("dpkg-deb", "--root-owner-group", "--build", this["run/newer"], this["run/newer.deb"]);
        return this["run/newer.deb"];
    }

    /// <summary>
    /// Every file with its owner and mode, every user and group; without what dpkg, the logs and the tools for users (passwd-) keep for
    /// themselves.
    /// </summary>
    public async Task<IReadOnlyList<string>> FilesAsync()
    {
        var found = await RunAsync(
            "find",
            "/",
            "-xdev",
            "(",
            "-path",
            "/proc",
            "-o",
            "-path",
            "/run",
            "-o",
            "-path",
            "/var/log",
            "-o",
            "-path",
            "/var/lib/dpkg",
            "-o",
            "-path",
            "/var/cache",
            ")",
            "-prune",
            "-o",
            "-printf",
            "%p %U:%G %m\n");
        return
        [
            .. found
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(static file => !file.Split(' ')[0].EndsWith('-'))
                .Concat(File.ReadAllLines(this["etc/passwd"]))
                .Concat(File.ReadAllLines(this["etc/group"]))
                .Order(StringComparer.Ordinal),
        ];
    }

    public void Dispose() => directory.Dispose();

    private static async Task<string> FetchAsync(string cache, Func<string, Task> make)
    {
        await Fetching.WaitAsync();
        try
        {
            if (!File.Exists(cache))
            {
                using var fresh = new TempDirectory();
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(cache)!);
                await make(fresh["root"]);
                await Tool.RunAsync("tar", "-cf", cache + ".new", "-C", fresh["root"], ".");
                File.Move(cache + ".new", cache);
            }
            return cache;
        }
        finally
        {
            Fetching.Release();
        }
    }

    // Of the environment of the test only what every Debian has.
    private static readonly string[] Clean =
    [
        "--ignore-environment",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL=C.UTF-8",
        "DEBIAN_FRONTEND=noninteractive",
    ];

    // The mirror that this machine itself uses; debootstrap's own where it uses none for this release.
    private static async Task<string[]> MirrorAsync()
    {
        var sites = await Tool.RunAsync(
            "apt-get", "indextargets", "--format", "$(REPO_URI)", "Codename: bookworm", "Component: main", "Created-By: Packages");
        return [.. sites.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(1)];
    }
}
