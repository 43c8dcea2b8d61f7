using System.Text.Json;
using Heliograph.EndToEnd.Tests.Cli;

namespace Heliograph.EndToEnd.Tests.Access;

/// <summary><c>heliograph link</c> with a configuration file, as an operator types it.</summary>
/// <param name="config">The configuration file.</param>
internal sealed class Groups(string config)
{
    public const string Domain = "example.test";

    private const string Link = "https://signal.tube/#";

    public Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) =>
        BuiltProgram.RunAsync(["link", .. arguments, "--config", config]);

    /// <summary>Runs one that shows a link.</summary>
    /// <returns>The name in it.</returns>
    public async Task<string> LinkAsync(params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(arguments);
        Assert.True(code == 0, output + errors);
        Assert.StartsWith(Link, output, StringComparison.Ordinal);
        return output.Trim()[Link.Length..].Split(':')[0];
    }

    /// <summary>Of all groups.</summary>
    public async Task<JsonElement[]> ListAsync()
    {
        var (code, output, errors) = await RunAsync("list", "--json");
        Assert.True(code == 0, output + errors);
        using var json = JsonDocument.Parse(output);
        return [.. json.RootElement.Clone().EnumerateArray()];
    }

    /// <summary>All names that work, of all groups.</summary>
    public async Task<string[]> NamesAsync() =>
        [
            .. (await ListAsync())
                .SelectMany(static group => group.GetProperty("names").EnumerateArray())
                .Select(static name => name.GetProperty("host").GetString()!),
        ];
}
