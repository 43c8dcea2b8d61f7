using Heliograph.Checking;
using Spectre.Console;

namespace Heliograph.Cli.Check;

/// <summary>Shows progress on standard error: a live line on a terminal, a line for each step elsewhere, nothing with JSON.</summary>
internal static class CheckDisplay
{
    /// <param name="error">Standard error: standard output is for the result.</param>
    /// <param name="json">A program reads the result: no lines, and the live line only on a terminal.</param>
    /// <param name="quiet">Nothing at all.</param>
    /// <param name="check">The check to run.</param>
    public static async Task<CheckResult> WhileAsync(
        TextWriter error, bool json, bool quiet, Func<IProgress<CheckProgress>, Task<CheckResult>> check)
    {
        var console = Terminal.Create(error);
        if (quiet)
            return await check(new Listener(static _ => { }));
        if (!console.Profile.Out.IsTerminal)
            return await check(new Listener(json ? static _ => { } : progress => WriteLine(error, progress)));
        CheckResult? result = null;
        // The text leaves room for the spinner, so that it never wraps.
        var room = Math.Max(20, console.Profile.Width - 4);
        await console.Status().StartAsync("checking", async context =>
            result = await check(new Listener(progress => context.Status(Markup.Escape(Clip(progress.What, room))))));
        return result!;
    }

    private static void WriteLine(TextWriter error, CheckProgress progress)
    {
        if (progress.Done)
            error.WriteLine(progress.What);
    }

    private static string Clip(string text, int room) => text.Length <= room ? text : text[..(room - 3)] + "...";

    private sealed class Listener(Action<CheckProgress> listen) : IProgress<CheckProgress>
    {
        public void Report(CheckProgress value) => listen(value);
    }
}
