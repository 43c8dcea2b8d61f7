using Heliograph.Configuration;
using Heliograph.Testing;

namespace Heliograph.Tests.Configuration;

/// <summary>Reads a configuration from texts, in this process.</summary>
internal static class Loaded
{
    /// <summary>The errors of a configuration, with FILE for the file's path.</summary>
    public static IReadOnlyList<string> Errors(string? yaml, params (string Name, string Value)[] environment)
    {
        using var directory = new TempDirectory();
        var file = yaml is null ? null : directory.Write("heliograph.yaml", yaml);
        var loaded = From(file, environment);
        Assert.Equal(loaded.Errors.Count == 0, loaded.Settings is not null);
        return [.. loaded.Errors.Select(line => file is null ? line : line.Replace(file, "FILE", StringComparison.Ordinal))];
    }

    /// <summary>The settings of a configuration without an error.</summary>
    public static Settings Settings(string? yaml, params (string Name, string Value)[] environment)
    {
        using var directory = new TempDirectory();
        var loaded = From(yaml is null ? null : directory.Write("heliograph.yaml", yaml), environment);
        Assert.Empty(loaded.Errors);
        return loaded.Settings!;
    }

    public static LoadedConfiguration From(string? file, params (string Name, string Value)[] environment) => ConfigurationLoader.Load(
        Keys.Catalog, file, environment.ToDictionary(static v => v.Name, static v => v.Value, StringComparer.Ordinal),
            static (_, _) => { });
}
