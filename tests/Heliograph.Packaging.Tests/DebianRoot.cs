using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>
/// A separate Debian 12 below a directory, created by debootstrap. No systemd runs there: a script replaces systemctl and records
/// what the package asks of it.
/// </summary>
internal sealed class DebianRoot : IDisposable
{
    private const string Calls = "run/systemctl.calls";

    // Fetched once; later runs unpack it.
    private static readonly string BuilderCache = Repository.PathOf("artifacts/packaging-tests/bookworm-gcc.tar");
    private static readonly SemaphoreSlim Fetching = new(1);

    private readonly TempDirectory directory = new();

    private DebianRoot()
    {
    }

    public string Path => directory["root"];

    /// <summary>The calls of systemctl since the last read.</summary>
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

    /// <param name="architecture">As Debian calls it; on this machine, qemu runs the programs for another than its own.</param>
    public static async Task<DebianRoot> CreateAsync(string architecture = "amd64")
    {
        var root = new DebianRoot();
        try
        {
            var packed = await FetchAsync(architecture);
            Directory.CreateDirectory(root.Path);
            await Tool.RunAsync("tar", "-xpf", packed, "-C", root.Path);
            return root;
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }

    /// <summary>The packed root; also the base image of the container.</summary>
    public static async Task<string> FetchAsync(string architecture = "amd64")
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "debootstrap, chroot and buildah need root");
        if (architecture == "arm64")
            await Tool.RunAsync(Repository.PathOf("eng/emulate-arm64"));
        return await FetchAsync(
            Repository.PathOf($"artifacts/packaging-tests/bookworm-{architecture}.tar"),
            async root =>
                await Tool.RunAsync(
                    Tool.Build,
                    environment: null,
                    "debootstrap",
                    [
                        $"--arch={architecture}", "--variant=minbase", "--include=adduser,ca-certificates,libssl3", "bookworm", root,
                        .. await MirrorAsync(),
                    ]));
    }

    /// <summary>The same with the tools to link a program, and with a dotnet that is mounted later.</summary>
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

    /// <summary>Replaces systemctl by the script, in a system that believes that systemd is running.</summary>
    public void PretendSystemd()
    {
        Directory.CreateDirectory(this["run/systemd/system"]);
        // is-active answers as the test chooses; deb-systemd-invoke asks whether a unit is enabled, and starts only enabled ones.
        File.WriteAllText(this["usr/bin/systemctl"], $$"""
            #!/bin/sh
            echo "$*" >> /{{Calls}}
            case " $* " in
                *" is-active "*) [ -e /run/heliograph.is-active ] ;;
                *" is-enabled "*)
                    if [ -e /etc/systemd/system/multi-user.target.wants/heliograph.service ]; then
                        echo enabled
                    else
                        echo disabled
                        exit 1
                    fi
                    ;;
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
        (string Target, string Unit)[] links =
            [("multi-user.target.wants", "heliograph.service"), ("sockets.target.wants", "heliograph.socket")];
        foreach (var (target, unit) in links)
        {
            Directory.CreateDirectory(this["etc/systemd/system/" + target]);
            File.CreateSymbolicLink(this[$"etc/systemd/system/{target}/{unit}"], "/usr/lib/systemd/system/" + unit);
        }
    }

    /// <summary>Makes systemctl report that the service is running.</summary>
    public void PretendRunning() => File.WriteAllText(this["run/heliograph.is-active"], "");

    /// <summary>
    /// A command that runs a program in this root with exec, so that its process id stays. The test's temporary directory is missing there.
    /// </summary>
    public string[] Command(params string[] command) =>
        ["unshare", "--mount", "sh", "-c", "mount -t proc proc \"$0/proc\" && unset TMPDIR && exec chroot \"$0\" \"$@\"", Path, .. command];

    /// <summary>The same, as a user of this root and without root's groups.</summary>
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

    /// <summary>Runs a program in this root; it must succeed.</summary>
    public Task<string> RunAsync(params string[] command) => Tool.RunAsync("env", [.. Clean, .. Command(command)]);

    /// <summary>Runs a program in this root, which may fail.</summary>
    public Task<(int ExitCode, string Output, string Errors)> TryAsync(params string[] command) =>
        ChildProcess.RunAsync("env", [.. Clean, .. Command(command)], TimeSpan.FromMinutes(1));

    /// <summary>Installs a package from a file on this machine, without a terminal: a question of dpkg's is an error.</summary>
    public async Task<string> InstallAsync(string package)
    {
        File.Copy(package, this["run/package.deb"], overwrite: true);
        try
        {
            return await RunAsync("dpkg", "--install", "/run/package.deb");
        }
        finally
        {
            File.Delete(this["run/package.deb"]);
        }
    }

    /// <inheritdoc cref="OtherVersions.MakeNewerAsync"/>
    public Task<string> MakeNewerAsync() => OtherVersions.MakeNewerAsync(this["run"]);

    /// <inheritdoc cref="OtherVersions.MakeOlderAsync"/>
    public Task<string> MakeOlderAsync() => OtherVersions.MakeOlderAsync(this["run"]);

    /// <summary>
    /// Every file with its owner and mode, every user and group, except for the own files of dpkg, the logs and the user tools
    /// (passwd-).
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

    // Only those variables of the test's environment that every Debian has.
    private static readonly string[] Clean =
    [
        "--ignore-environment",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL=C.UTF-8",
    ];

    // The mirror that this machine uses; debootstrap's default if it uses none for this release.
    private static async Task<string[]> MirrorAsync()
    {
        var sites = await Tool.RunAsync(
            "apt-get", "indextargets", "--format", "$(REPO_URI)", "Codename: bookworm", "Component: main", "Created-By: Packages");
        return [.. sites.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(1)];
    }
}
