using Heliograph.Configuration;
using Heliograph.Platform;

namespace Heliograph.Alerts;

/// <summary>The operator's program, run as <c>PROGRAM STATE CAUSE TEXT</c> with the same values in its environment.</summary>
/// <param name="program">Its path.</param>
/// <param name="limit">How long it may run.</param>
internal sealed class ExecTarget(string program, TimeSpan limit) : AlertTarget
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private const int MaxShown = 200;

    public override string Name => $"{Keys.AlertsExec.Name} {program}";

    public override async Task<string?> SendAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        var (state, cause) = (AlertWords.ToWord(message.State), AlertWords.ToWord(message.Cause));
        try
        {
            var result = await HookProgram.RunAsync(
                program, [state, cause, message.Text], Environment(message, state, cause), limit, cancellationToken);
            return result.ExitCode switch
            {
                0 => null,
                null => $"it did not exit within {Values.Write(limit)}, and was killed with its children",
                var code => $"it exited with code {code}: {Readable(result.Output)}",
            };
        }
        catch (HookStartException exception)
        {
            return $"it cannot be started: {exception.Message}";
        }
    }

    /// <summary>Nothing from this process's own environment, which may hold secrets of the configuration.</summary>
    private static Dictionary<string, string> Environment(AlertMessage message, string state, string cause)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["LANG"] = "C.UTF-8",
            ["HELIOGRAPH_ALERT_STATE"] = state,
            ["HELIOGRAPH_ALERT_CAUSE"] = cause,
            ["HELIOGRAPH_ALERT_TEXT"] = message.Text,
            ["HELIOGRAPH_ALERT_PROXY"] = message.Proxy,
            ["HELIOGRAPH_ALERT_TIME"] = message.Time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        };
        if (System.Environment.GetEnvironmentVariable("HOME") is { } home)
            environment["HOME"] = home;
        return environment;
    }

    private static string Readable(string output)
    {
        var line = string.Concat(output.Trim().Select(static c => char.IsControl(c) ? ' ' : c));
        return line.Length == 0 ? "it wrote nothing" : line.Length > MaxShown ? line[..MaxShown] + "…" : line;
    }
}
