using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests;

/// <summary>
/// Runs the built program in a terminal of 80 columns and 24 lines (script, from bsdutils), with typed input.
/// </summary>
internal static class PseudoTerminal
{
    /// <param name="typed">The input, in printf's notation: <c>\r</c> is Enter.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>Everything that was written to the terminal, with the colours.</returns>
    public static Task<(int ExitCode, string Screen)> RunAsync(string typed, params string[] arguments) =>
        RunAsync(typed, new Dictionary<string, string?>(StringComparer.Ordinal), arguments);

    /// <summary>The same with more variables in its environment.</summary>
    public static async Task<(int ExitCode, string Screen)> RunAsync(
        string typed, IReadOnlyDictionary<string, string?> variables, params string[] arguments)
    {
        var command = string.Join(' ', new[] { HeliographProcess.Program }.Concat(arguments).Select(static word => $"'{word}'"));
        var environment = new Dictionary<string, string?>(variables, StringComparer.Ordinal)
        {
            ["TERM"] = "xterm-256color",
            ["NO_COLOR"] = null,
            ["TYPED"] = typed,
            ["COMMAND"] = "stty cols 80 rows 24; exec " + command,
        };
        var (code, output, errors) = await ChildProcess.RunAsync(
            "sh", ["-c", "printf %b \"$TYPED\" | script -qec \"$COMMAND\" /dev/null"], BuiltProgram.Limit, directory: null, environment);
        Assert.Equal("", errors);
        return (code, output.Replace("\r", "", StringComparison.Ordinal));
    }
}
