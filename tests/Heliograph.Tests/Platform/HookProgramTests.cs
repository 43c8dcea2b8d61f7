using System.Diagnostics;
using System.Text;
using Heliograph.Platform;
using Heliograph.Testing;

namespace Heliograph.Tests.Platform;

/// <summary>The operator's own programs, and what can be wrong with their files.</summary>
public sealed class HookProgramTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory(Timeout = Bound.Test)]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_child_that_it_leaves_behind_is_not_waited_for_and_goes_on(int code)
    {
        var program = Write($"#!/bin/sh\necho before; echo wrong >&2\nsleep 1000 & echo $! > {directory["child"]}\nexit {code}\n");
        var clock = Stopwatch.StartNew();
        var result = await RunAsync(program, TimeSpan.FromSeconds(25));
        Assert.Equal(code, result.ExitCode);
        Assert.Equal("wrong\n before\n", result.Output);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        var child = (await File.ReadAllTextAsync(directory["child"], Bound.Token)).Trim();
        Assert.True(Directory.Exists($"/proc/{child}"), "the child was killed");
        Process.GetProcessById(int.Parse(child)).Kill();
    }

    [Fact(Timeout = Bound.Test)]
    public async Task No_descriptor_is_left_of_a_child_that_keeps_the_pipes()
    {
        var program = Write($"#!/bin/sh\nsleep 1000 & echo $! >> {directory["children"]}\n");
        for (var i = 0; i < 3; i++)
            await RunAsync(program, TimeSpan.FromSeconds(20));
        var children = await File.ReadAllLinesAsync(directory["children"], Bound.Token);
        // A pipe has one name at both ends.
        var theirs = children.SelectMany(static child => new[] { Pipe($"/proc/{child}/fd/1"), Pipe($"/proc/{child}/fd/2") }).ToList();
        Assert.All(theirs, Assert.NotNull);
        await Polling.UntilAsync(
            () => !Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(Pipe).OfType<string>().Any(theirs.Contains),
            Bound.Prompt,
            "pipes were left open");
        foreach (var child in children)
            Process.GetProcessById(int.Parse(child)).Kill();
    }

    [Fact(Timeout = Bound.Test)]
    public async Task Megabytes_of_output_do_not_block_it_and_the_beginning_is_kept()
    {
        var result = await RunAsync(Write("#!/bin/sh\nhead -c 3000000 /dev/zero | tr '\\0' x\n"), TimeSpan.FromSeconds(20));
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(" " + new string('x', 4096), result.Output);
    }

    [Theory]
    [InlineData(
        "#!/bin/sh\r\nexit 0\r\n",
        "its first line, \"#!/bin/sh\", has a Windows line end (CRLF); remove them with: sed -i 's/\\r$//' HOOK")]
    [InlineData(
        "#!/nowhere/perl -w\nexit\n",
        "its first line, \"#!/nowhere/perl -w\", names an interpreter that does not exist; install it or correct the line")]
    [InlineData("echo without a first line\n", "it has no \"#!\" line; its first line has to name its interpreter, such as #!/bin/sh")]
    [InlineData("\ufeff#!/bin/sh\nexit 0\n", "it begins with a byte order mark, which may not stand before \"#!\"; save it without one")]
    [InlineData("", "it is empty")]
    [InlineData("\u007fELF is not a script", "it was built for another processor or system (Exec format error)")]
    public async Task A_file_that_the_system_does_not_run_is_explained(string text, string expected)
    {
        var program = Write(text);
        var failed = await Assert.ThrowsAsync<HookStartException>(() => RunAsync(program, TimeSpan.FromSeconds(20)));
        Assert.Equal(expected, failed.Message.Replace(program, "HOOK", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_not_executable_is_explained()
    {
        var program = directory.Write("plain", "#!/bin/sh\n");
        var failed = await Assert.ThrowsAsync<HookStartException>(() => RunAsync(program, TimeSpan.FromSeconds(20)));
        Assert.Equal($"it is not executable; make it so with: chmod +x {program}", failed.Message);
    }

    [Fact]
    public async Task A_missing_file_and_a_directory_are_explained()
    {
        var missing = await Assert.ThrowsAsync<HookStartException>(() => RunAsync("/nowhere/hook", TimeSpan.FromSeconds(20)));
        Assert.Equal("there is no such file; give the absolute path of an executable file", missing.Message);
        var folder = await Assert.ThrowsAsync<HookStartException>(() => RunAsync(directory.Path, TimeSpan.FromSeconds(20)));
        Assert.Equal("it is a directory; give the absolute path of an executable file", folder.Message);
    }

    [Fact]
    public async Task A_file_that_is_being_written_is_explained()
    {
        var program = Write("#!/bin/sh\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var writing = new FileStream(program, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        var failed = await Assert.ThrowsAsync<HookStartException>(() => RunAsync(program, TimeSpan.FromSeconds(20)));
        Assert.Equal("another program is writing it at this moment (Text file busy)", failed.Message);
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData("#!/usr/bin/env sh\r\nexit 0\r\n")]
    [InlineData("#!/bin/sh -e\r\nexit 0\r\n")]
    public async Task A_script_whose_interpreter_stumbles_over_a_Windows_line_end_is_explained(string text)
    {
        var program = Write(text);
        var result = await RunAsync(program, TimeSpan.FromSeconds(20));
        Assert.NotEqual(0, result.ExitCode);
        Assert.StartsWith("its first line, \"#!/", result.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"has a Windows line end (CRLF); remove them with: sed -i 's/\\r$//' {program}; ", result.Output, StringComparison.Ordinal);
    }

    private static Task<HookResult> RunAsync(string program, TimeSpan limit) =>
        HookProgram.RunAsync(program, ["argument"], environment: null, limit, Bound.Token);

    private static string? Pipe(string descriptor)
    {
        try
        {
            var name = File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name;
            return name?.StartsWith("pipe:", StringComparison.Ordinal) == true ? name : null;
        }
        catch (FileNotFoundException)
        {
            // Another test's, closed since it was listed.
            return null;
        }
    }

    private string Write(string text)
    {
        var file = directory["hook"];
        File.WriteAllText(file, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return file;
    }
}
