using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Heliograph.Cli.Fleet;
using Heliograph.Configuration;
using Heliograph.Control;
using Heliograph.Fleet;
using Heliograph.Membership;
using Heliograph.Status;

namespace Heliograph.Cli.Status;

/// <summary><c>heliograph status</c>: how the running server is doing.</summary>
internal static partial class StatusCommand
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(2);

    /// <summary>Machines report every 20 s, each at another moment.</summary>
    private static readonly TimeSpan DefaultFleetInterval = TimeSpan.FromSeconds(10);

    /// <summary>Each look is a new connection to etcd.</summary>
    private static readonly TimeSpan ShortestFleetInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(1);

    /// <summary>The server answers from memory: if it takes longer, it hangs.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private const string More = $"""
        Examples:
          heliograph status
          heliograph status --watch --interval 10s
          heliograph status --json --config /etc/heliograph/heliograph.yaml
          heliograph status --fleet --watch

        It asks the running server through control.sock in the state directory: run it as the server's user (sudo).
        With --watch it updates the view until Ctrl-C; if the output is JSON or not a terminal, it writes one view below the other.
        All figures are sums, and counts are rounded up to multiples of 8. Why, and all JSON fields:
        {OperatingPages.Directory}/status.md.
        --fleet shows all machines of the fleet instead, from what each reports every 20 s; it asks etcd, and needs no running server here.
        Exits with 0 if the server (with --fleet, etcd) answered, and with 1 if not.
        """;

    public static Command Create()
    {
        var options = new ConfigurationOptions();
        var watch = new Option<bool>("--watch") { Description = "Keep updating until Ctrl-C." };
        var interval = new Option<TimeSpan?>("--interval")
        {
            Description = "How often to update, with --watch: at least 200ms, with --fleet at least 2s. [default: 2s, with --fleet 10s]",
            HelpName = "DURATION",
            CustomParser = static result =>
            {
                var word = result.Tokens[0].Value;
                if (Values.Duration(ShortestInterval, LongestInterval)(word, out var value) is { } problem)
                    result.AddError(
                        $"--interval \"{word}\": {problem}; allowed: a whole number with its unit ms, s, m or h, such as 500ms, 10s or 1m");
                return value;
            },
        };
        var json = new Option<bool>("--json") { Description = "Print JSON; with --watch one object a line." };
        var fleet = new Option<bool>("--fleet") { Description = "Show all machines of the fleet." };
        var command = new DocumentedCommand(
            "status", "Show how the running server is doing: what it carries, what fails, what needs attention.", More);
        options.AddStateDirectoryTo(command);
        command.Add(watch);
        command.Add(interval);
        command.Add(json);
        command.Add(fleet);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                if (options.StateDirectory(parsed, parsed.InvocationConfiguration.Error) is not { } stateDirectory)
                    return (int)ExitCode.BadUsage;
                var output = parsed.InvocationConfiguration.Output;
                var (isFleet, isJson, isWatch) = (parsed.GetValue(fleet), parsed.GetValue(json), parsed.GetValue(watch));
                Task<string> LookAsync(CancellationToken cancellationToken) => isFleet
                    ? ViewFleetAsync(stateDirectory, isJson, isWatch, cancellationToken)
                    : ViewAsync(output, stateDirectory, isJson, isWatch, cancellationToken);
                if (isFleet && parsed.GetValue(interval) < ShortestFleetInterval)
                    throw new StartException(
                        "--interval: with --fleet it is at least 2s, because etcd is asked each time; the machines report every 20 s",
                        ExitCode.BadUsage);
                if (isWatch)
                    await StatusWatch.RunAsync(
                        output,
                        LookAsync,
                        isJson,
                        parsed.GetValue(interval) ?? (isFleet ? DefaultFleetInterval : DefaultInterval),
                        TimeProvider.System);
                else
                    output.Write(await LookAsync(cancellationToken));
                return (int)ExitCode.Done;
            });
        return command;
    }

    /// <exception cref="StartException">No server is running, or it does not answer.</exception>
    public static async Task<StatusReport> AskAsync(string stateDirectory, CancellationToken cancellationToken)
    {
        var answer =
            await ControlClient.AskAsync(
                stateDirectory, new() { Command = StatusReader.CommandName }, AnswerTimeout, TimeProvider.System, cancellationToken)
            ?? throw new StartException(
                $"no server is running with the state directory {stateDirectory}: start it (heliograph run), or name the right directory " +
                "with --state-directory DIR or --config FILE");
        return answer.Status
            ?? throw new StartException(
                answer.Message
                    ?? $"the running server has a different version from this program ({ProductVersion.Text}); restart the server so " +
                        $"that both versions are the same"
            );
    }

    /// <exception cref="StartException">This machine is in no fleet, or etcd does not answer.</exception>
    private static async Task<FleetReport> FleetAsync(string stateDirectory, CancellationToken cancellationToken)
    {
        try
        {
            using var setup = new FleetSetup(stateDirectory);
            return await setup.ReportAsync(cancellationToken);
        }
        catch (FleetException exception)
        {
            throw new StartException(exception.Message);
        }
    }

    public static string ToJson(StatusReport report, bool oneLine) =>
        JsonSerializer.Serialize(report, oneLine ? StatusJson.Default.StatusReport : IndentedJson.Default.StatusReport);

    private static async Task<string> ViewAsync(
        TextWriter output, string stateDirectory, bool json, bool oneLine, CancellationToken cancellationToken)
    {
        var report = await AskAsync(stateDirectory, cancellationToken);
        return json
            ? ToJson(report, oneLine) + "\n"
            : Terminal.Render(
                Terminal.Create(output), console => StatusText.Write(console, report, TimeProvider.System.GetUtcNow()));
    }

    private static async Task<string> ViewFleetAsync(
        string stateDirectory, bool json, bool oneLine, CancellationToken cancellationToken)
    {
        var report = await FleetAsync(stateDirectory, cancellationToken);
        if (json)
            return FleetTable.ToJson(report, oneLine) + "\n";
        using var text = new StringWriter { NewLine = "\n" };
        FleetTable.Write(text, report);
        return text.ToString();
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true)]
    [JsonSerializable(typeof(StatusReport))]
    private sealed partial class IndentedJson : JsonSerializerContext;
}
