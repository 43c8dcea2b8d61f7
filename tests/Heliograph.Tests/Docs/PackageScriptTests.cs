using System.Runtime.InteropServices;
using Heliograph.Testing;

namespace Heliograph.Tests.Docs;

/// <summary>What ./eng/package lacks, it says before it compiles anything.</summary>
public sealed class PackageScriptTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public PackageScriptTests()
    {
        Directory.CreateDirectory(directory["bin"]);
        foreach (var name in new[] { "bash", "dirname", "mkdir", "readlink", "uname" })
            File.CreateSymbolicLink(directory[$"bin/{name}"], $"/usr/bin/{name}");
        Add("dotnet", "echo compiled");
    }

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("container", "the container needs buildah, podman or docker; without it: --only tarball,portable,deb,list")]
    [InlineData("tarball", "gcc, which links the machine code, is missing: apt-get install gcc libc6-dev")]
    [InlineData("deb", "the .deb needs dpkg-deb: apt-get install dpkg", "gcc")]
    [InlineData("portable,container", "the container needs buildah, podman or docker; without it: --only tarball,portable,deb,list")]
    public Task What_is_missing_is_said_before_anything_is_compiled(string kinds, string message, string? there = null)
    {
        if (there is not null)
            Add(there, "exit 0");
        return AssertRefusedAsync(message, "--only", kinds);
    }

    [Theory]
    [InlineData(
        "deb", "gcc for arm64, which links its machine code, is missing: apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross")]
    [InlineData("deb", "the .deb needs dpkg-deb: apt-get install dpkg", "aarch64-linux-gnu-gcc")]
    public Task What_another_processor_takes_is_said_too(string kind, string message, string? there = null)
    {
        Assert.SkipUnless(RuntimeInformation.RuntimeIdentifier == "linux-x64", "this is not the other processor's machine");
        if (there is not null)
            Add(there, "exit 0");
        return AssertRefusedAsync(message, "--only", kind, "--architecture", "arm64");
    }

    [Fact]
    public Task An_unknown_architecture_is_refused_with_those_that_there_are() =>
        AssertRefusedAsync(
            "unknown architecture x64; allowed are amd64, arm64 and all", "--only", "deb", "--architecture", "x64");

    [Fact]
    public Task So_is_the_tool_for_the_signature() =>
        AssertRefusedAsync("the signature needs minisign: apt-get install minisign", "--only", "list", "--sign-with", directory["key"]);

    private async Task AssertRefusedAsync(string message, params string[] arguments)
    {
        var (code, output, errors) = await ChildProcess.RunAsync(
            Repository.PathOf("eng/package"), ["--output", directory["out"], .. arguments], TimeSpan.FromSeconds(30), directory.Path,
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = directory["bin"] });
        Assert.Equal((1, "", $"package: {message}\n"), (code, output, errors));
    }

    private void Add(string program, string script) =>
        File.SetUnixFileMode(
            directory.Write($"bin/{program}", $"#!/bin/bash\n{script}\n"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
