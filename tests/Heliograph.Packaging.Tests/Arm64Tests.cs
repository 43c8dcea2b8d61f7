using System.Formats.Tar;
using System.Text.Json;
using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>The packages for arm64, built on this machine. qemu-user runs them, in a Debian 12 of that processor.</summary>
[Trait("Needs", "arm64")]
public sealed class Arm64Tests(ImagesForAll image)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task The_deb_installs_and_its_program_passes_the_demonstration_and_serves()
    {
        await image.BuiltAsync();
        using var root = await DebianRoot.CreateAsync("arm64");
        var before = await root.FilesAsync();
        await root.InstallAsync(image.Arm64Deb);
        Assert.Equal("arm64\n", await root.RunAsync("dpkg-query", "--show", "--showformat=${Architecture}", "heliograph"));
        Assert.Equal($"heliograph {Packages.Version}\n", await root.RunAsync("heliograph", "--version"));
        Assert.Contains("All 42 checks passed", await root.RunAsync("heliograph", "demo"), StringComparison.Ordinal);

        string[] serve =
        [
            "heliograph", "run", "--domain", "proxy.example", "--certificate-source", "self-signed", "--listen", "127.0.0.1:0",
            "--http-listen", "none", "--state-directory", "/var/lib/heliograph",
        ];
        var command = root.CommandAs("heliograph", serve);
        await using (var server = ChildProcess.Start(command[0], command[1..]))
        {
            await server.WaitForLineAsync(static line => line == "ready", Limit);
            Assert.Contains(", AES-GCM by OpenSSL", server.AllOutput, StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", await Visitor.VisitAsync(server), StringComparison.Ordinal);
            server.Signal(15);
            Assert.True(await server.WaitForExitAsync(Limit) == 0, server.AllOutput);
        }

        await root.RunAsync("dpkg", "--purge", "heliograph");
        Assert.Equal(before, await root.FilesAsync());
    }

    [Fact]
    public async Task The_image_holds_the_program_of_the_tarball_and_runs_it()
    {
        await image.BuiltAsync();
        using var directory = new TempDirectory();
        await Tool.RunAsync("tar", "-xzf", image.Arm64Tarball, "-C", directory.Path);
        var container = (await BuildahAsync("from", $"docker-archive:{image.Arm64Archive}")).Trim();
        var mounted = (await BuildahAsync("mount", container)).Trim();
        await Tool.RunAsync(
            "cmp", directory[$"heliograph-{Packages.Version}-linux-arm64/heliograph"], Path.Combine(mounted, "usr/bin/heliograph"));
        Assert.Equal($"heliograph {Packages.Version}\n", await BuildahAsync("run", container, "--", "/usr/bin/heliograph", "--version"));
        await BuildahAsync("rm", container);

        // In a storage of its own: an archive takes the image's name with it, which other tests look for.
        Task<string> BuildahAsync(params string[] arguments) =>
            image.BuildahAsync(["--root", directory["graph"], "--runroot", directory["run"], .. arguments]);
    }

    [Fact]
    public async Task The_program_needs_glibc_2_34_at_most()
    {
        await image.BuiltAsync();
        using var directory = new TempDirectory();
        await Tool.RunAsync("tar", "-xzf", image.Arm64Tarball, "-C", directory.Path);
        await CLibraryTests.AssertAsync(directory[$"heliograph-{Packages.Version}-linux-arm64/heliograph"]);
    }

    [Fact]
    public async Task Containerd_takes_from_the_index_the_image_of_the_machine_it_is_on()
    {
        await image.BuiltAsync();
        using var directory = new TempDirectory();
        var socket = directory["containerd.sock"];
        await using var daemon = ContainerTests.StartDaemon(
            "containerd", "--address", socket, "--root", directory["data"], "--state", "/run/containerd");
        await daemon.WaitForLineAsync(
            static line => line.Contains("containerd successfully booted", StringComparison.Ordinal), Limit);
        await Tool.RunAsync(
            "ctr", "--address", socket, "image", "import", "--all-platforms", "--snapshotter", "native", image.IndexArchive);
        Assert.Matches(
            $@"\n{ContainerImage.Name} +application/vnd\.oci\.image\.index\.v1\+json .* linux/amd64,linux/arm64 ",
            await Tool.RunAsync("ctr", "--address", socket, "image", "list"));
    }

    [Fact]
    public async Task The_index_has_the_image_of_each_processor_with_its_health_check()
    {
        await image.BuiltAsync();
        using var directory = new TempDirectory();
        await TarFile.ExtractToDirectoryAsync(image.IndexArchive, directory.Path, overwriteFiles: false, Tool.Token);
        var named = Read("index.json").GetProperty("manifests").EnumerateArray().Single();
        Assert.Equal(
            ContainerImage.Name, named.GetProperty("annotations").GetProperty("io.containerd.image.name").GetString());
        var images = Blob(named).GetProperty("manifests").EnumerateArray().ToList();
        Assert.Equal(
            ["amd64", "arm64"], images.Select(static one => one.GetProperty("platform").GetProperty("architecture").GetString()));
        Assert.All(images, one =>
        {
            var manifest = Blob(one);
            var configuration = Blob(manifest.GetProperty("config"));
            Assert.Equal(
                one.GetProperty("platform").GetProperty("architecture").GetString(),
                configuration.GetProperty("architecture").GetString());
            Assert.Equal(
                ["CMD", "/usr/bin/heliograph", "status"],
                configuration.GetProperty("config").GetProperty("Healthcheck").GetProperty("Test").EnumerateArray()
                    .Select(static word => word.GetString()));
            Assert.NotEmpty(manifest.GetProperty("layers").EnumerateArray());
            Assert.All(
                manifest.GetProperty("layers").EnumerateArray(),
                layer => Assert.Equal(layer.GetProperty("size").GetInt64(), new FileInfo(PathOf(layer)).Length));
        });

        JsonElement Read(string file) => JsonDocument.Parse(File.ReadAllBytes(directory[file])).RootElement;
        JsonElement Blob(JsonElement descriptor) => JsonDocument.Parse(File.ReadAllBytes(PathOf(descriptor))).RootElement;
        string PathOf(JsonElement descriptor) =>
            directory["blobs/" + descriptor.GetProperty("digest").GetString()!.Replace(':', '/')];
    }
}
