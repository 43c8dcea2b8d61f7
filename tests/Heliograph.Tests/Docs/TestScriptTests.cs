using Heliograph.Testing;

namespace Heliograph.Tests.Docs;

/// <summary>The closing summary of ./test: the script itself, with a build that does nothing and test programs that only report.</summary>
public sealed class TestScriptTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempDirectory directory = new();

    public TestScriptTests()
    {
        File.Copy(Repository.PathOf("test"), directory["test"]);
        AddProgram("bin/dotnet", "exit 0");
        AddProgram("bin/apt-get", "exit 0");
        foreach (var project in new[] { "Tls13.", "Relay.", "Web.", "Acme.", "Fleet.", "" })
        {
            Write($"tests/Heliograph.{project}Tests/Heliograph.{project}Tests.csproj", "<Project />");
            Report(project, 0, """<assembly passed="10" failed="0" errors="0" skipped="1"></assembly>""");
        }
    }

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task What_passed_is_counted_over_all_projects()
    {
        var (code, lines) = await RunAsync("quick");

        Assert.Equal("60 passed, 0 failed", lines[^1]);
        Assert.DoesNotContain(lines, static line => line.StartsWith("FAILED", StringComparison.Ordinal));
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task The_failed_tests_are_named_again_at_the_end_with_the_command_that_runs_each_alone_and_what_they_said()
    {
        Report("Relay.", 1, """
            <assembly passed="8" failed="2" errors="0" skipped="0">
            <test name="Tests.A.B.It_works(how: &quot;with &lt;&gt; &amp;&quot;)" result="Fail" type="Tests.A.B" method="It_works" />
            <test name="Tests.A.B.It_passes" result="Pass" time="1" type="Tests.A.B" method="It_passes" />
            <test name="Tests.C.It_ends" result="Fail" time="1" type="Tests.C" method="It_ends"><failure><message><![CDATA[Assert &
            Expected: <1>
            Actual: 2

            Five
            Six]]></message><stack-trace><![CDATA[at]]></stack-trace></failure></test>
            <test name="Tests.D.It_is_skipped" result="Skip" type="Tests.D" method="M"><reason><![CDATA[<message>no]]></reason></test>
            </assembly>
            """);

        var (code, lines) = await RunAsync("quick");

        Assert.Equal(
            [
                "FAILED Tests.A.B.It_works(how: \"with <> &\")",
                "       ./test relay 'Tests.A.B' 'It_works'",
                "FAILED Tests.C.It_ends",
                "       ./test relay 'Tests.C' 'It_ends'",
                "       Assert &",
                "       Expected: <1>",
                "       Actual: 2",
                "58 passed, 2 failed",
            ],
            lines[^8..]);
        Assert.Equal(1, code);
    }

    [Fact]
    public async Task A_failure_outside_of_the_tests_is_named_too()
    {
        Report("Acme.", 1, """
            <assembly passed="8" failed="0" errors="1" skipped="0"><errors>
            <error type="test-class-cleanup" name="Heliograph.Acme.Tests.C"><failure><message>cannot</message></failure></error>
            </errors></assembly>
            """);

        var (_, lines) = await RunAsync("quick");

        Assert.Equal(
            [
                "FAILED outside of its tests (test-class-cleanup): Heliograph.Acme.Tests.C",
                "       ./test acme 'Heliograph.Acme.Tests.C'",
                "       cannot",
                "58 passed, 1 failed",
            ],
            lines[^4..]);
    }

    [Fact]
    public async Task A_program_that_breaks_off_is_named_too()
    {
        AddProgram("artifacts/bin/Heliograph.Web.Tests/debug/Heliograph.Web.Tests", "exit 134");

        var (code, lines) = await RunAsync("quick");

        Assert.Equal(
            ["FAILED Heliograph.Web.Tests ended with exit code 134", "       ./test web", "50 passed, 1 failed"], lines[^3..]);
        Assert.Equal(1, code);
    }

    [Fact]
    [Trait("Needs", "server")]
    public async Task A_fuzzed_target_that_failed_is_named_with_the_command_that_fuzzes_it_alone()
    {
        AddProgram("bench/fuzz", "echo 'PASSED dns: 7 runs'; echo 'FAILED pem: 9 runs, 1 faults'; exit 1");

        var (code, lines) = await RunAsync("fuzz");

        Assert.Equal(
            ["FAILED fuzzing pem: 9 runs, 1 faults", "       ./bench/fuzz pem 1", "1 passed, 1 failed"], lines[^3..]);
        Assert.Equal(1, code);
    }

    [Theory]
    [Trait("Needs", "server")]
    [InlineData("exit 3", 0)]
    [InlineData("echo 'PASSED dns: 7 runs'; exit 3", 1)]
    [InlineData("exit 0", 0)]
    public async Task Fuzzing_that_could_not_run_is_named_too(string script, int passed)
    {
        AddProgram("bench/fuzz", script);

        var (code, lines) = await RunAsync("fuzz");

        Assert.Equal(["FAILED fuzzing could not run", "       ./test fuzz", $"{passed} passed, 1 failed"], lines[^3..]);
        Assert.Equal(1, code);
    }

    [Theory]
    [Trait("Needs", "server")]
    [InlineData("exit 0", "1 passed, 0 failed")]
    [InlineData("exit 1", "FAILED the endurance run", "       ./test soak", "0 passed, 1 failed")]
    public async Task The_endurance_run_counts_as_one_test(string script, params string[] last)
    {
        AddProgram("bench/soak", script);

        var (code, lines) = await RunAsync("soak");

        Assert.Equal(last, lines[^last.Length..]);
        Assert.Equal(last.Length == 1 ? 0 : 1, code);
    }

    [Fact]
    [Trait("Needs", "server")]
    public async Task The_command_that_runs_one_alone_asks_for_its_class_and_its_method()
    {
        AddProgram("artifacts/bin/Heliograph.Tls13.Tests/debug/Heliograph.Tls13.Tests", """echo "asked for: $*" """);

        var (_, lines) = await RunAsync("tls13", "Heliograph.Tls13.Tests.C", "It_ends");

        const string Options = " -class Heliograph.Tls13.Tests.C -method *.It_ends";
        Assert.Contains(lines, static line => line.EndsWith(Options, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("quick")]
    [InlineData("all")]
    [InlineData("format")]
    [InlineData("vm")]
    public async Task In_the_other_system_only_projects_can_be_run(string command)
    {
        var (code, lines) = await RunAsync("trixie", command);

        Assert.Equal(2, code);
        Assert.Equal([""], lines);
    }

    private async Task<(int Code, string[] Lines)> RunAsync(params string[] arguments)
    {
        var path = $"PATH={directory["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        string[] command = [path, "DOTNET_ROOT=/nowhere", "bash", directory["test"], .. arguments];
        var (code, output, _) = await ChildProcess.RunAsync("env", command, Patience);
        return (code, output.TrimEnd('\n').Split('\n'));
    }

    private void Report(string project, int code, string assembly)
    {
        Write($"{project}xml", $"<assemblies>{assembly}</assemblies>");
        AddProgram(
            $"artifacts/bin/Heliograph.{project}Tests/debug/Heliograph.{project}Tests",
            $"""while [ "$1" != -xml ]; do shift; done; cp '{directory[$"{project}xml"]}' "$2"; exit {code}""");
    }

    private void AddProgram(string path, string script)
    {
        Write(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(directory[path], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(directory[path])!);
        File.WriteAllText(directory[path], text);
    }
}
