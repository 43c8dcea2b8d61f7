using System.CommandLine;
using Heliograph.Configuration;

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
            "Check the configuration, and report all errors at once. Uses no network and no certificate.", """
            Example:
              heliograph config validate --config heliograph.yaml
            """);
        var schema = new DocumentedCommand("schema", "Print a JSON schema of the configuration file, for editors.", """
            Example:
              heliograph config schema > heliograph.schema.json

            An editor with the YAML language server (VS Code's YAML extension, for example) then completes keys, explains them and marks
            mistakes in a file that begins with the line
              # yaml-language-server: $schema=heliograph.schema.json
            """);
        options.AddTo(show);
        options.AddTo(validate);
        show.SetAction(parsed => Show(options, parsed));
        validate.SetAction(parsed => Validate(options, parsed));
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

    private static int Validate(ConfigurationOptions options, ParseResult parsed)
    {
        var loaded = options.Load(parsed, parsed.InvocationConfiguration.Error);
        if (loaded.Settings is null)
            return (int)ExitCode.BadUsage;
        parsed.InvocationConfiguration.Output.WriteLine($"The configuration is valid ({loaded.File ?? "no file"}).");
        return (int)ExitCode.Done;
    }
}
