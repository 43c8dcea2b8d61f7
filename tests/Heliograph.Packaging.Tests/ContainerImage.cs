using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>
/// The image as buildah builds it, once for all tests, with separate base images for both stages: a Debian 12 from debootstrap, and for
/// the build the same with gcc, this machine's SDK and the packages restored here.
/// </summary>
public sealed class ContainerImage : IAsyncDisposable
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

    /// <summary>The archive of the release.</summary>
    public string Archive => Path.Combine(directory["out"], $"heliograph-{Packages.Version}-container.tar");

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
        // What buildah mounted must be released before the directory is deleted.
        await ChildProcess.RunAsync("buildah", ["rm", "--all"], TimeSpan.FromMinutes(1), directory: null, environment);
        directory.Dispose();
    }

    private async Task BuildAsync()
    {
        await CommitAsync(RunBase, await DebianRoot.FetchAsync());
        await CommitAsync(
            BuildBase,
            await DebianRoot.FetchBuilderAsync(),
            "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1",
            "DOTNET_CLI_TELEMETRY_OPTOUT=1",
            "NuGetAudit=false",
            "NUGET_PACKAGES=/packages");
        // "10.0.401 [/usr/share/dotnet/sdk]"
        var dotnet = Path.GetDirectoryName((await Tool.RunAsync("dotnet", "--list-sdks")).Split('[')[1].Split(']')[0])!;
        var packages = (await Tool.RunAsync("dotnet", "nuget", "locals", "global-packages", "--list")).Split(": ")[1].Trim();
        await Tool.RunAsync(
            Tool.Build,
            environment,
            Repository.PathOf("eng/package"),
            "--only",
            "container",
            "--output",
            directory["out"],
            "--",
            "--build-arg",
            $"BUILD_IMAGE={BuildBase}",
            "--build-arg",
            $"RUN_IMAGE={RunBase}",
            "--volume",
            $"{dotnet}:/usr/share/dotnet:ro",
            "--volume",
            $"{packages}:/packages");
    }

    private async Task CommitAsync(string name, string tarball, params string[] settings)
    {
        var container = (await BuildahAsync("from", "scratch")).Trim();
        await BuildahAsync("add", "--quiet", container, tarball, "/");
        foreach (var setting in settings)
            await BuildahAsync("config", "--env", setting, container);
        await BuildahAsync("commit", "--quiet", "--rm", container, name);
    }
}
