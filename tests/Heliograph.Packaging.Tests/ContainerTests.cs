using System.Text.Json;
using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>
/// The image, built from the Dockerfile and run. buildah stands in for a container engine.
/// </summary>
public sealed class ContainerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task The_image_is_built_serves_answers_its_health_check_and_ends_on_its_stop_signal()
    {
        await using var image = await ContainerImage.BuildAsync();
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
        var archive = await Tool.RunAsync("tar", "-tf", image.Archive);
        Assert.Contains("oci-layout\n", archive, StringComparison.Ordinal);
        Assert.Contains("index.json\n", archive, StringComparison.Ordinal);

        using var state = new TempDirectory();
        await Tool.RunAsync("chown", "10001:10001", state.Path);
        var container = (await image.BuildahAsync("from", ContainerImage.Name)).Trim();
        var mounted = (await image.BuildahAsync("mount", container)).Trim();
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HELIOGRAPH__DOMAINS"] = "proxy.example",
            ["HELIOGRAPH__LISTEN"] = "127.0.0.1:0",
            ["HELIOGRAPH__HTTP__LISTEN"] = "",
            ["HELIOGRAPH__CERTIFICATE__SOURCE"] = "self-signed",
        };
        await using var unhealthy = image.Run(container, state.Path, settings, "/usr/bin/heliograph", "status");
        Assert.NotEqual(0, await unhealthy.WaitForExitAsync(Limit));

        await using var server = image.Run(container, state.Path, settings, "/usr/bin/heliograph", "run");
        await server.WaitForLineAsync(static line => line == "ready", Limit);
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
}
