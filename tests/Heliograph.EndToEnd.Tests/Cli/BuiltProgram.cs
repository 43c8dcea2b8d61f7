using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Cli;

/// <summary>Runs the built program to its end.</summary>
internal static class BuiltProgram
{
    /// <summary>Generous: a start on a busy machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) =>
        ChildProcess.RunAsync(HeliographProcess.Program, arguments, Limit);

    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(
        IReadOnlyDictionary<string, string?> environment,
        params string[] arguments) => ChildProcess.RunAsync(HeliographProcess.Program, arguments, Limit, directory: null, environment);
}
