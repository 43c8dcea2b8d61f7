using Heliograph.Testing;

[assembly: AssemblyFixture(typeof(Heliograph.Packaging.Tests.ContainerImage))]
[assembly: AssemblyFixture(typeof(Heliograph.Packaging.Tests.ImagesForAll))]

namespace Heliograph.Packaging.Tests;

/// <summary>The image for this processor, built once for all tests, with buildah, and with a base image from debootstrap.</summary>
public class ContainerImage : IAsyncDisposable
{
    private const string RunBase = "localhost/heliograph-run-base";
    private const string BuildBase = "localhost/heliograph-build-base";

    private readonly TempDirectory directory = new();
    private readonly Dictionary<string, string?> environment;
    private readonly Lazy<Task> building;

    public ContainerImage()
    {
        building = new(BuildAsync);
        environment = new(StringComparer.Ordinal)
        {
            ["BUILDAH_ISOLATION"] = "chroot",
            ["CONTAINERS_STORAGE_CONF"] = directory.Write("storage.conf", $"""
                [storage]
                driver = "vfs"
                graphroot = "{directory["graph"]}"
                runroot = "{directory["run"]}"

                """),
        };
    }

    /// <summary>As compose.yaml names it.</summary>
    public static string Name => $"ghcr.io/heliograph/heliograph:{Packages.Version}";

    /// <summary>The archives of the release.</summary>
    public string Archive => Path.Combine(directory["out"], $"heliograph-{Packages.Version}-container.tar");

    private protected virtual IReadOnlyList<string> Architectures => ["amd64"];

    /// <summary>Where the files of the release are.</summary>
    private protected string Output => directory["out"];

    /// <summary>Ends when the image and its archive are there.</summary>
    public Task BuiltAsync() => building.Value;

    public Task<string> BuildahAsync(params string[] arguments) => Tool.RunAsync(Tool.Build, environment, "buildah", arguments);

    /// <summary>Starts a program in a container of this image, with the permissions that compose.yaml gives.</summary>
    internal ChildProcess Run(string container, string state, IReadOnlyDictionary<string, string> settings, params string[] command) =>
        ChildProcess.Start(
            "buildah",
            [
                "run",
                "--cap-drop",
                "ALL",
                "--volume",
                $"{state}:/var/lib/heliograph",
                .. settings.SelectMany(static one => new[] { "--env", $"{one.Key}={one.Value}" }),
                container,
                "--",
                .. command,
            ],
            directory: null,
            environment);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        // What buildah mounted must be released before the directory is deleted.
        await ChildProcess.RunAsync("buildah", ["rm", "--all"], TimeSpan.FromMinutes(1), directory: null, environment);
        directory.Dispose();
    }

    /// <summary>The stage of the Dockerfile that compiles, in a Debian with gcc, with this machine's SDK and the packages restored here.
    /// </summary>
    /// <returns>The name of its image.</returns>
    public async Task<string> CompileAsync()
    {
        await CommitAsync(
            BuildBase,
            "amd64",
            await DebianRoot.FetchBuilderAsync(),
            "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1",
            "DOTNET_CLI_TELEMETRY_OPTOUT=1",
            "NuGetAudit=false",
            "NUGET_PACKAGES=/packages");
        // "10.0.401 [/usr/share/dotnet/sdk]"
        var dotnet = Path.GetDirectoryName((await Tool.RunAsync("dotnet", "--list-sdks")).Split('[')[1].Split(']')[0])!;
        var packages = (await Tool.RunAsync("dotnet", "nuget", "locals", "global-packages", "--list")).Split(": ")[1].Trim();
        const string Compiled = "localhost/heliograph-compiled";
        await BuildahAsync(
            "build", "--target", "compiled", "--tag", Compiled, "--file", Repository.PathOf("packaging/container/Dockerfile"),
            "--build-arg", $"BUILD_IMAGE={BuildBase}", "--volume", $"{dotnet}:/usr/share/dotnet:ro", "--volume", $"{packages}:/packages",
            Repository.PathOf(""));
        return Compiled;
    }

    private async Task BuildAsync()
    {
        await BuildahAsync("manifest", "create", RunBase);
        foreach (var architecture in Architectures)
        {
            await CommitAsync($"{RunBase}-{architecture}", architecture, await DebianRoot.FetchAsync(architecture));
            await BuildahAsync("manifest", "add", "--arch", architecture, RunBase, $"containers-storage:{RunBase}-{architecture}");
        }
        // A compilation for each, and an image.
        await Tool.RunAsync(
            Architectures.Count * Tool.Build,
            environment,
            Repository.PathOf("eng/package"),
            "--only",
            "tarball,deb,container",
            "--architecture",
            Architectures.Count == 1 ? Architectures[0] : "all",
            "--output",
            Output,
            "--",
            "--build-arg",
            $"RUN_IMAGE={RunBase}");
    }

    private async Task CommitAsync(string name, string architecture, string tarball, params string[] settings)
    {
        var container = (await BuildahAsync("from", "scratch")).Trim();
        await BuildahAsync("add", "--quiet", container, tarball, "/");
        await BuildahAsync("config", "--arch", architecture, container);
        foreach (var setting in settings)
            await BuildahAsync("config", "--env", setting, container);
        await BuildahAsync("commit", "--quiet", "--rm", container, name);
    }
}

/// <summary>The images for both processors with their index, and the tarball and the .deb for arm64.</summary>
public sealed class ImagesForAll : ContainerImage
{
    public string Arm64Archive => Path.Combine(Output, $"heliograph-{Packages.Version}-container-arm64.tar");

    public string IndexArchive => Path.Combine(Output, $"heliograph-{Packages.Version}-container-index.tar");

    public string Arm64Deb => Path.Combine(Output, $"heliograph_{Packages.Version}_arm64.deb");

    public string Arm64Tarball => Path.Combine(Output, $"heliograph-{Packages.Version}-linux-arm64.tar.gz");

    private protected override IReadOnlyList<string> Architectures => ["amd64", "arm64"];
}
