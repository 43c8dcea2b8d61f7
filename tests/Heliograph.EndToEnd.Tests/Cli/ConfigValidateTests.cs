using Heliograph.Testing;
using Heliograph.Testing.Certificates;

namespace Heliograph.EndToEnd.Tests.Cli;

/// <summary><c>heliograph config validate</c> looks at what the configuration names, as a start does.</summary>
public sealed class ConfigValidateTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    public static TheoryData<string> WhatAStartNeeds =>
    [
        "certificate: { chain: /nowhere/chain.pem, key: /nowhere/key.pem }",
        "certificate: { chain: TEXT, key: TEXT }",
        "decoy: { directory: /nowhere }",
        "decoy: { directory: TEXT }",
        "state_directory: TEXT/state",
        "alerts: { exec: /nowhere/alert }",
        "acme: { ca_root: /nowhere/root.pem }",
        "acme: { challenges: [dns-01], dns: { hook: /nowhere/hook } }",
    ];

    [Theory(Timeout = Bound.Test)]
    [MemberData(nameof(WhatAStartNeeds))]
    public async Task What_would_end_a_start_is_said_in_the_same_words_and_not_offline(string setting)
    {
        var file = Write(setting);
        var (_, _, atStart) = await BuiltProgram.RunAsync("run", "--config", file);
        var (code, output, errors) = await BuiltProgram.RunAsync("config", "validate", "--config", file);
        Assert.NotEqual(0, code);
        Assert.Equal("", output);
        Assert.Equal(atStart, errors);
        Assert.Equal(
            setting.StartsWith("state", StringComparison.Ordinal) || !setting.Contains("TEXT", StringComparison.Ordinal),
            errors.Contains("/nowhere", StringComparison.Ordinal) || errors.Contains("state_directory", StringComparison.Ordinal));
        var (offline, said, _) = await BuiltProgram.RunAsync("config", "validate", "--offline", "--config", file);
        Assert.Equal((0, $"The configuration is valid ({file}).\n"), (offline, said));
    }

    [Fact(Timeout = Bound.Test)]
    public async Task What_a_start_finds_is_good_and_nothing_is_created()
    {
        using var authority = new TestAuthority();
        var (chain, key) = authority.Issue(TestKey.Ecdsa, "localhost").WriteTo(directory);
        Directory.CreateDirectory(directory["www"]);
        var file = Write($"certificate: {{ chain: \"{chain}\", key: \"{key}\" }}\ndecoy: {{ directory: \"{directory["www"]}\" }}");
        Assert.Equal(
            (0, $"The configuration is valid ({file}).\n", ""), await BuiltProgram.RunAsync("config", "validate", "--config", file));
        Assert.False(Directory.Exists(directory["state"]), "the check created the directory");
    }

    private string Write(string setting) =>
        directory.Write("heliograph.yaml", $"""
            domains: [localhost.example]
            listen: ["127.0.0.1:0"]
            http: {"{"} listen: [] {"}"}
            metrics: {"{"} listen: [] {"}"}
            {(setting.StartsWith("state", StringComparison.Ordinal) ? "" : $"state_directory: \"{directory["state"]}\"")}
            {setting.Replace("TEXT", directory.Write("text", "hello\n"), StringComparison.Ordinal)}

            """);
}
