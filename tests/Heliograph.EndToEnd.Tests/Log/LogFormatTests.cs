using System.Globalization;
using System.Text.Json;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Log;

/// <summary>How the log is written: as text, for systemd's journal, or as JSON.</summary>
public sealed class LogFormatTests : IDisposable
{
    private const string NoConfiguration = "domains: []\n";

    /// <summary>What systemd does for a service: it names the stream that standard error is.</summary>
    private static readonly string[] UnderTheJournal =
        ["sh", "-c", "JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec \"$@\"", "sh"];

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact(Timeout = Bound.Test)]
    public async Task Under_the_journal_each_line_has_its_priority_and_no_time_of_its_own()
    {
        Proxy.NeedsHeliograph();
        var lines = await LifeAsync(new() { Wrapper = UnderTheJournal });
        Assert.All(lines, static line => Assert.Matches(@"^<[346]>Heliograph", line));
        Assert.Contains(
            lines, static line => line.StartsWith("<3>Heliograph[12] The new configuration is rejected", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("<6>Heliograph[3] Stopping: ", StringComparison.Ordinal));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_variable_of_another_stream_is_not_believed()
    {
        Proxy.NeedsHeliograph();
        var lines = await LifeAsync(new() { Wrapper = ["env", "JOURNAL_STREAM=8:1"] });
        Assert.All(lines, static line => Assert.Matches("^[0-9-]{10}T[0-9:]{8}Z (info|fail): Heliograph", line));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task The_journals_format_can_be_asked_for()
    {
        Proxy.NeedsHeliograph();
        Assert.All(
            await LifeAsync(new() { Arguments = ["--log-format", "journal"] }), static line => Assert.Matches("^<[346]>Heliograph", line));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task As_JSON_each_line_is_an_object_with_the_documented_members()
    {
        Proxy.NeedsHeliograph();
        var lines = await LifeAsync(new() { Arguments = ["--log-format", "json"] });
        var rejected = lines.Select(static line => JsonDocument.Parse(line).RootElement)
            .Single(static one => one.GetProperty("event").GetString() == "configuration_rejected");
        Assert.Equal(
            ["time", "level", "source", "event", "message"], rejected.EnumerateObject().Select(static member => member.Name));
        Assert.Equal("error", rejected.GetProperty("level").GetString());
        Assert.Equal("Heliograph", rejected.GetProperty("source").GetString());
        Assert.StartsWith("The new configuration is rejected", rejected.GetProperty("message").GetString(), StringComparison.Ordinal);
        var time = DateTimeOffset.Parse(rejected.GetProperty("time").GetString()!, CultureInfo.InvariantCulture);
        Assert.InRange(time, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
        Assert.All(lines, static line => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
    }

    [Theory(Timeout = Bound.Test)]
    [InlineData("run", "<3>heliograph: the configuration has an error:\n<3>  domains: missing;")]
    [InlineData("config validate", "<3>heliograph: the configuration has an error:\n<3>  domains: missing;")]
    [InlineData("run --state-directory /proc/none --domain a.example", "<3>heliograph: ")]
    [InlineData("run --no-such-flag", "<3>heliograph: unknown option --no-such-flag")]
    public async Task Under_the_journal_an_error_that_ends_a_command_is_an_error_there(string command, string errors)
    {
        var file = directory.Write("heliograph.yaml", NoConfiguration);
        var (_, _, written) = await ChildProcess.RunAsync(
            UnderTheJournal[0],
            [.. UnderTheJournal[1..], "env", $"HELIOGRAPH_CONFIG={file}", HeliographProcess.Program, .. command.Split(' ')],
            BuiltProgram.Limit);
        Assert.StartsWith(errors, written, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound.Test)]
    public async Task As_JSON_a_start_that_fails_is_an_object_too()
    {
        var (code, _, errors) = await BuiltProgram.RunAsync(
            "run", "--domain", "a.example", "--state-directory", "/proc/none", "--log-format", "json");
        Assert.Equal(1, code);
        Assert.StartsWith(
            "Cannot start: state_directory: /proc/none",
            JsonDocument.Parse(errors).RootElement.GetProperty("message").GetString(),
            StringComparison.Ordinal);
    }

    /// <summary>A server that is asked to read a configuration with an error, and to stop.</summary>
    /// <returns>Its log, line by line.</returns>
    private static async Task<IReadOnlyList<string>> LifeAsync(ProxySettings settings)
    {
        await using var proxy = await Proxy.StartAsync(settings);
        proxy.Directory.Write("heliograph.yaml", NoConfiguration);
        proxy.Program.Signal(Processes.SIGHUP);
        await proxy.Program.WaitForLineAsync(static line => line.Contains("is rejected", StringComparison.Ordinal), Bound.Prompt);
        proxy.Program.Signal(Processes.SIGTERM);
        Assert.Equal(0, await proxy.Program.WaitForExitAsync(Bound.Prompt));
        return proxy.Program.Errors.TrimEnd('\n').Split('\n');
    }
}
