using System.Text.RegularExpressions;
using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.Packaging.Tests;

/// <summary>Runs the published programs: the compiler leaves out what it considers unused.</summary>
public sealed class ProgramTests(Packages packages)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private string Native => Path.Combine(packages.Native, "heliograph");

    private string Portable => Path.Combine(packages.Portable, "heliograph");

    [Fact]
    public async Task Every_file_has_its_correct_checksum()
    {
        await Tool.RunAsync("bash", "-c", $"cd '{Packages.Output}' && sha256sum --check --strict --quiet SHA256SUMS");
        var named = File.ReadLines(Path.Combine(Packages.Output, "SHA256SUMS")).Select(static line => line[66..]);
        var there = Directory
            .EnumerateFiles(Packages.Output)
            .Select(static path => Path.GetFileName(path)!)
            .Where(static name => name != "SHA256SUMS");
        Assert.Equal(there.Order(StringComparer.Ordinal), named);
    }

    [Fact]
    public async Task The_native_program_needs_no_library_but_the_systems_and_no_path_of_the_builder_is_in_it()
    {
        var libraries = await Tool.RunAsync("objdump", "-p", Native);
        var needed = Regex
            .Matches(libraries, @"NEEDED\s+(?<name>\S+)", RegexOptions.None, Limit)
            .Select(static match => match.Groups["name"].Value);
        Assert.Subset(
            new HashSet<string>(["libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"], StringComparer.Ordinal),
            needed.ToHashSet(StringComparer.Ordinal));
        Assert.DoesNotContain(Repository.PathOf(""), await Tool.RunAsync("strings", "-a", Native), StringComparison.Ordinal);
    }

    [Fact]
    public Task The_native_program_works_without_dotnet() =>
        DoItsWorkAsync(Native, new Dictionary<string, string?>(StringComparer.Ordinal) { ["DOTNET_ROOT"] = null, ["PATH"] = "/nowhere" });

    [Fact]
    public async Task The_native_program_keeps_running_when_its_file_is_replaced()
    {
        using var directory = new TempDirectory();
        File.Copy(Native, directory["heliograph"]);
        await using var server = ChildProcess.Start(
            directory["heliograph"],
            [
                "run",
                "--domain",
                "proxy.example",
                "--certificate-source",
                "self-signed",
                "--listen",
                "127.0.0.1:0",
                "--http-listen",
                "none",
                "--state-directory",
                directory["state"],
            ],
            directory.Path);
        await server.WaitForLineAsync(static line => line == "ready", Limit);
        // As dpkg does: a new file replaces the name.
        File.Move(directory.Write("new", "not a program"), directory["heliograph"], overwrite: true);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await Visitor.VisitAsync(server), StringComparison.Ordinal);
        server.Signal(15);
        Assert.Equal(0, await server.WaitForExitAsync(Limit));
    }

    [Fact]
    public Task The_portable_program_works() => DoItsWorkAsync(Portable, environment: null);

    [Fact]
    public async Task Without_dotnet_the_portable_program_reports_what_is_missing()
    {
        // The shell's own tools, without dotnet.
        using var directory = new TempDirectory();
        foreach (var name in new[] { "sh", "dirname", "readlink" })
            File.CreateSymbolicLink(directory[name], "/usr/bin/" + name);
        var (code, _, errors) = await ChildProcess.RunAsync(
            Portable,
            ["--version"],
            Limit,
            directory: null,
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = directory.Path });
        Assert.Equal(
            (1, "heliograph: the .NET 10 runtime is missing: https://learn.microsoft.com/dotnet/core/install/linux\n"),
            (code, errors));
    }

    private static async Task DoItsWorkAsync(string program, IReadOnlyDictionary<string, string?>? environment)
    {
        Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) =>
            ChildProcess.RunAsync(program, arguments, Limit, directory: null, environment);

        Assert.Equal((0, $"heliograph {Packages.Version}\n", ""), await RunAsync("--version"));
        var demo = await RunAsync("demo");
        Assert.True(demo.ExitCode == 0, demo.Output + demo.Errors);
        Assert.Matches(@"All \d+ checks passed", demo.Output);

        using var authority = new TestAuthority();
        using var directory = new TempDirectory();
        var (chain, key) = authority.Issue(TestKey.Ecdsa, "proxy.example").WriteTo(directory);
        var config = directory.Write("heliograph.yaml", $$"""
            domains: [proxy.example]
            listen: ["127.0.0.1:0"]
            http: { listen: [] }
            certificate: { source: files, chain: "{{chain}}", key: "{{key}}" }
            state_directory: "{{directory["state"]}}"

            """);
        Directory.CreateDirectory(directory["state"]);
        var good = await RunAsync("config", "validate", "--config", config);
        Assert.Equal((0, ""), (good.ExitCode, good.Errors));
        var refused = await RunAsync("config", "validate", "--config", directory.Write("bad.yaml", "domain: [x.example]\n"));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("domains", refused.Errors, StringComparison.Ordinal);

        await using var server = ChildProcess.Start(program, ["run", "--config", config], directory.Path, environment);
        await server.WaitForLineAsync(static line => line == "ready", Limit);
        var shown = await RunAsync("certificate", "show", "--config", config);
        Assert.True(shown.ExitCode == 0, shown.Output + shown.Errors);
        Assert.Contains("proxy.example", shown.Output, StringComparison.Ordinal);
        server.Signal(15);
        Assert.Equal(0, await server.WaitForExitAsync(Limit));
    }
}
