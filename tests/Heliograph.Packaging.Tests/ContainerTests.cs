using System.Text.Json;
using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>
/// The image, built from the Dockerfile and run by buildah, and its archives, loaded by the engines that people have.
/// </summary>
public sealed class ContainerTests(ContainerImage image)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task The_image_is_built_serves_answers_its_health_check_and_ends_on_its_stop_signal()
    {
        await image.BuiltAsync();
        var configuration = JsonDocument
            .Parse(await image.BuildahAsync("inspect", "--type", "image", ContainerImage.Name))
            .RootElement.GetProperty("OCIv1");
        Assert.Equal("10001:10001", configuration.GetProperty("config").GetProperty("User").GetString());
        Assert.Equal("SIGTERM", configuration.GetProperty("config").GetProperty("StopSignal").GetString());
        Assert.Equal(
            ["443/tcp", "80/tcp"],
            configuration
                .GetProperty("config")
                .GetProperty("ExposedPorts")
                .EnumerateObject()
                .Select(static port => port.Name)
                .Order(StringComparer.Ordinal));
        Assert.Equal(
            Packages.Version,
            configuration.GetProperty("config").GetProperty("Labels").GetProperty("org.opencontainers.image.version").GetString());
        var commit = DateTimeOffset.FromUnixTimeSeconds(long.Parse(await Tool.RunAsync("git", "log", "-1", "--format=%ct")));
        Assert.Equal(commit, configuration.GetProperty("created").GetDateTimeOffset());

        using var state = new TempDirectory();
        await Tool.RunAsync("chown", "10001:10001", state.Path);
        var container = (await image.BuildahAsync("from", ContainerImage.Name)).Trim();
        var mounted = (await image.BuildahAsync("mount", container)).Trim();
        // Where errors and help send people.
        Assert.True(File.Exists(Path.Combine(mounted, "usr/share/doc/heliograph/docs/operating/troubleshooting.md")));
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HELIOGRAPH__DOMAINS"] = "proxy.example",
            ["HELIOGRAPH__LISTEN"] = "127.0.0.1:0",
            ["HELIOGRAPH__HTTP__LISTEN"] = "",
            ["HELIOGRAPH__CERTIFICATE__SOURCE"] = "self-signed",
        };
        // Another system's than this machine's, to see whose nginx the decoy is like.
        await File.WriteAllTextAsync(Path.Combine(mounted, "usr/lib/os-release"), "ID=ubuntu\nVERSION_ID=\"24.04\"\n", Tool.Token);
        await using var unhealthy = image.Run(container, state.Path, settings, "/usr/bin/heliograph", "status");
        Assert.NotEqual(0, await unhealthy.WaitForExitAsync(Limit));

        await using var server = image.Run(container, state.Path, settings, "/usr/bin/heliograph", "run");
        await server.WaitForLineAsync(static line => line == "ready", Limit);
        Assert.Contains("the built-in web site, like nginx-1.24\n", server.AllOutput, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await Visitor.VisitAsync(server), StringComparison.Ordinal);
        await using var healthy = image.Run(container, state.Path, settings, "/usr/bin/heliograph", "status");
        Assert.True(await healthy.WaitForExitAsync(Limit) == 0, healthy.AllOutput);

        var program = int.Parse(
            await Tool.RunAsync(
                "pgrep",
                "--full",
                "--exact",
                "--session",
                (await Tool.RunAsync("ps", "-o", "sid=", "-p", $"{server.Id}")).Trim(),
                "/usr/bin/heliograph run"));
        Assert.Contains(
            "CapEff:\t0000000000000000\n", await File.ReadAllTextAsync($"/proc/{program}/status", Tool.Token), StringComparison.Ordinal);
        await Tool.RunAsync("kill", "-TERM", $"{program}");
        Assert.True(await server.WaitForExitAsync(Limit) == 0, server.AllOutput);
        // A read-only root file system would have been enough: it wrote only to its state and to /tmp.
        Assert.Equal(
            "", await Tool.RunAsync("find", mounted, "-xdev", "-user", "10001", "-not", "-path", $"{mounted}/var/lib/heliograph*"));
    }

    [Fact]
    public async Task A_clone_is_enough_to_compile_the_program_in_a_container()
    {
        var container = (await image.BuildahAsync("from", await image.CompileAsync())).Trim();
        Assert.Equal(
            $"heliograph {Packages.Version}\n", await image.BuildahAsync("run", container, "--", "/program/heliograph", "--version"));
    }

    [Fact]
    public async Task Docker_loads_the_archive_under_the_name_in_compose_yaml_with_its_health_check()
    {
        await image.BuiltAsync();
        using var directory = new TempDirectory();
        var socket = directory["docker.sock"];
        await using var daemon = StartDaemon(
            "dockerd", "--host", $"unix://{socket}", "--data-root", directory["data"], "--exec-root", "/run/docker",
            "--pidfile", "/run/docker.pid", "--storage-driver", "vfs", "--bridge", "none", "--iptables=false", "--ip6tables=false");
        await daemon.WaitForLineAsync(static line => line.Contains("API listen on", StringComparison.Ordinal), Limit);
        // What "docker load" sends. Errors are in the answer too, which begins before the image is read.
        var answer = await Tool.RunAsync(
            "curl", "--fail", "--silent", "--show-error", "--unix-socket", socket, "--request", "POST", "--upload-file", image.Archive,
            "--header", "Content-Type: application/x-tar", "http://docker/images/load");
        Assert.Contains($"Loaded image: {ContainerImage.Name}", answer, StringComparison.Ordinal);
        var loaded = JsonDocument
            .Parse(await Tool.RunAsync(
                "curl", "--fail", "--silent", "--show-error", "--unix-socket", socket, $"http://docker/images/{ContainerImage.Name}/json"))
            .RootElement.GetProperty("Config");
        Assert.Equal("10001:10001", loaded.GetProperty("User").GetString());
        Assert.Equal(
            ["CMD", "/usr/bin/heliograph", "status"],
            loaded.GetProperty("Healthcheck").GetProperty("Test").EnumerateArray().Select(static word => word.GetString()));
    }

    [Fact]
    public async Task Podman_loads_the_archive_under_the_name_in_compose_yaml()
    {
        await image.BuiltAsync();
        using var directory = new TempDirectory();
        Task<string> PodmanAsync(params string[] arguments) => Tool.RunAsync(
            "podman", ["--root", directory["root"], "--runroot", directory["run"], "--storage-driver", "vfs", .. arguments]);

        await PodmanAsync("load", "--input", image.Archive);
        Assert.Equal("10001:10001\n", await PodmanAsync("image", "inspect", "--format", "{{.Config.User}}", ContainerImage.Name));
    }

    [Fact]
    public async Task Containerd_loads_the_archive_under_the_name_in_compose_yaml()
    {
        await image.BuiltAsync();
        using var directory = new TempDirectory();
        var socket = directory["containerd.sock"];
        await using var daemon = StartDaemon(
            "containerd", "--address", socket, "--root", directory["data"], "--state", "/run/containerd");
        await daemon.WaitForLineAsync(
            static line => line.Contains("containerd successfully booted", StringComparison.Ordinal), Limit);
        await Tool.RunAsync("ctr", "--address", socket, "image", "import", "--snapshotter", "native", image.Archive);
        Assert.Equal($"{ContainerImage.Name}\n", await Tool.RunAsync("ctr", "--address", socket, "image", "list", "--quiet"));
    }

    /// <summary>Mounts, network and processes of its own, which end with it.</summary>
    internal static ChildProcess StartDaemon(params string[] command) =>
        ChildProcess.Start(
            "unshare",
            [
                "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc",
                "sh", "-c", "mount -t tmpfs tmpfs /run && exec \"$@\"", "sh", .. command,
            ]);
}
