using Heliograph.Hosting;

namespace Heliograph.Cli.Status;

/// <summary><c>heliograph status --watch</c>: on a terminal the view updates in place; elsewhere one view follows the other.</summary>
internal static class StatusWatch
{
    // xterm's private modes 1049 (the alternate screen, which restores the terminal at the end) and 25 (the cursor).
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string EndOfLine = "\e[K";
    private const string RestOfScreen = "\e[J";

    /// <summary>Runs until Ctrl-C, SIGTERM or the end of the terminal. If nobody answers later, it waits.</summary>
    /// <param name="output">Where the views go.</param>
    /// <param name="look">The next view; throws <see cref="StartException"/> if nobody answers.</param>
    /// <param name="json">Whether a view is one object on one line.</param>
    /// <param name="interval">How often to look.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <exception cref="StartException">Nobody answers at the start.</exception>
    public static async Task RunAsync(
        TextWriter output, Func<CancellationToken, Task<string>> look, bool json, TimeSpan interval, TimeProvider timeProvider)
    {
        using var signals = new Signals();
        using var hangup = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Stopping, hangup.Token);
        signals.Reload = hangup.Cancel;
        var onScreen = !json && Terminal.Create(output).Profile.Capabilities.Ansi;
        var isEntered = false;
        try
        {
            var view = await look(stop.Token);
            isEntered = onScreen;
            if (onScreen)
                output.Write(Enter);
            while (true)
            {
                output.Write(onScreen ? Screen(view, Console.WindowHeight) : json ? view : view + "\n");
                output.Flush();
                await Task.Delay(interval, timeProvider, stop.Token);
                view = await NextAsync(look, json, timeProvider, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The requested end.
        }
        finally
        {
            if (isEntered)
                output.Write(Leave);
            output.Flush();
        }
    }

    private static async Task<string> NextAsync(
        Func<CancellationToken, Task<string>> look, bool json, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            return await look(cancellationToken);
        }
        catch (StartException exception)
        {
            // Perhaps it is restarting. A reader of JSON must get nothing else.
            return json ? "" : $"{timeProvider.GetUtcNow():u}: {exception.Message}\n";
        }
    }

    /// <summary>Overwrites the previous view, so that nothing flickers; what does not fit below is left out, with a note.</summary>
    private static string Screen(string view, int height)
    {
        var lines = view.TrimEnd('\n').Split('\n');
        if (lines.Length >= height && height > 1)
            lines = [.. lines[..(height - 2)], "(more below: make the window higher)"];
        return Home + string.Concat(lines.Select(static line => line + EndOfLine + "\r\n")) + RestOfScreen;
    }
}
