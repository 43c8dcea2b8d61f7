using Heliograph.Testing;

namespace Heliograph.Tests.Docs;

/// <summary>./heliograph in a clone, on a machine without .NET: what it advises is there.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public LauncherTests()
    {
        File.Copy(Repository.PathOf("heliograph"), directory["heliograph"]);
        Directory.CreateDirectory(directory["bin"]);
        foreach (var name in new[] { "bash", "dirname", "flock", "mkdir", "readlink" })
            File.CreateSymbolicLink(directory[$"bin/{name}"], $"/usr/bin/{name}");
    }

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("exit 100", "https://learn.microsoft.com/dotnet/core/install/linux")] // Debian 12 and 13
    [InlineData("exit 0", "apt-get install dotnet-sdk-10.0")]
    [InlineData(null, "https://learn.microsoft.com/dotnet/core/install/linux")] // no apt
    public async Task Without_the_SDK_it_names_a_way_that_the_system_has_and_the_one_without_building(string? aptCache, string way)
    {
        if (aptCache is not null)
        {
            directory.Write("bin/apt-cache", $"#!/bin/sh\n[ \"$*\" = 'show dotnet-sdk-10.0' ] || exit 1\n{aptCache}\n");
            File.SetUnixFileMode(directory["bin/apt-cache"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var (code, _, errors) = await ChildProcess.RunAsync(
            directory["heliograph"], ["run"], TimeSpan.FromSeconds(30), directory.Path,
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = directory["bin"] });

        Assert.Equal(
            $"""
            heliograph: this is the source, and building it needs the .NET 10 SDK: {way}
            Without it, install what is already built: docs/operating/install.md

            """, errors);
        Assert.Equal(1, code);
    }
}
