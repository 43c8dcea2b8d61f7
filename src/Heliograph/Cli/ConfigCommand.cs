using System.CommandLine;
using Heliograph.Configuration;
using Heliograph.Hosting;
using Microsoft.Extensions.Logging;

namespace Heliograph.Cli;

/// <summary><c>heliograph config show|validate|schema</c>.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var options = new ConfigurationOptions();
        var show = new DocumentedCommand("show",
            "Print the configuration in effect as YAML, with the origin of each value that is not a default. Secrets are masked.", """
            Example:
              HELIOGRAPH__LIMITS__IDLE_TIMEOUT=5m heliograph config show --domain proxy.example.org
            """);
        var validate = new DocumentedCommand("validate",
            "Check the configuration, and report all errors at once. Uses no network.", """
            Examples:
              sudo heliograph config validate
              heliograph config validate --config heliograph.yaml --offline

            It also opens what the configuration names and a start needs: the certificate's files, the decoy's directory, the programs. What
            it says of them is what "heliograph run" would say. It creates nothing.

            Exit codes: 0 good, 2 the configuration has errors, 1 the configuration is good but a file or a directory that it names is not.
            """);
        var offline = new Option<bool>("--offline")
        {
            Description = "Look at no file but the configuration's own, as on another machine than the server's.",
        };
        var schema = new DocumentedCommand("schema", "Print a JSON schema of the configuration file, for editors.", """
            Example:
              heliograph config schema > heliograph.schema.json

            An editor with the YAML language server (VS Code's YAML extension, for example) then completes keys, explains them and marks
            mistakes in a file that begins with the line
              # yaml-language-server: $schema=heliograph.schema.json
            """);
        options.AddTo(show);
        options.AddTo(validate);
        validate.Add(offline);
        show.SetAction(parsed => Show(options, parsed));
        validate.SetAction(async (parsed, _) => (int)await ValidateAsync(options, parsed, parsed.GetValue(offline)));
        schema.SetAction(static parsed =>
        {
            parsed.InvocationConfiguration.Output.Write(ConfigurationSchema.Write(Keys.Catalog));
            return (int)ExitCode.Done;
        });
        return new DocumentedCommand("config", "Show, check or describe the configuration.", """
            Environment variables override the YAML file, and flags override both; a list replaces the whole list that it overrides.
            A variable is named after its key: HELIOGRAPH__LIMITS__IDLE_TIMEOUT=5m, HELIOGRAPH__DOMAINS=a.example.org,b.example.org.
            """) { show, validate, schema };
    }

    private static int Show(ConfigurationOptions options, ParseResult parsed)
    {
        var loaded = options.Load(parsed, parsed.InvocationConfiguration.Error);
        if (loaded.Settings is null)
            return (int)ExitCode.BadUsage;
        parsed.InvocationConfiguration.Output.Write(EffectiveYaml.Write(loaded.Settings, loaded.Values));
        return (int)ExitCode.Done;
    }

    private static async Task<ExitCode> ValidateAsync(ConfigurationOptions options, ParseResult parsed, bool offline)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var loaded = options.Load(parsed, error, offline);
        if (loaded.Settings is null)
            return ExitCode.BadUsage;
        using var logs = Logging.Create(LogLevel.Warning);
        var problems = offline
            ? [] : await StartRehearsal.FindProblemsAsync(loaded.Settings, TimeProvider.System, logs.CreateLogger("Heliograph"));
        foreach (var problem in problems)
            await error.WriteLineAsync($"heliograph: {problem}");
        if (problems.Count > 0)
            return ExitCode.Failed;
        await output.WriteLineAsync($"The configuration is valid ({loaded.File ?? "no file"}).");
        return ExitCode.Done;
    }
}
