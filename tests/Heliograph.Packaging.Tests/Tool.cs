using Heliograph.Testing;

namespace Heliograph.Packaging.Tests;

/// <summary>Programs that must succeed.</summary>
internal static class Tool
{
    /// <summary>Enough for a compilation on a busy machine.</summary>
    public static readonly TimeSpan Build = TimeSpan.FromMinutes(15);

    /// <summary>Cancelled with the test run.</summary>
    public static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs a program and returns its standard output.</summary>
    public static Task<string> RunAsync(string program, params string[] arguments) =>
        RunAsync(Limit, environment: null, program, arguments);

    /// <summary>Runs a program that may take long.</summary>
    public static async Task<string> RunAsync(
        TimeSpan bound, IReadOnlyDictionary<string, string?>? environment, string program, params string[] arguments)
    {
        var (code, output, errors) = await ChildProcess.RunAsync(program, arguments, bound, Repository.PathOf(""), environment);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}:\n{output}{errors}");
        return output;
    }
}
