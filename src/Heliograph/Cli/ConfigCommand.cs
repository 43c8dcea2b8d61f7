using System.CommandLine;
using Heliograph.Configuration;

namespace Heliograph.Cli;

/// <summary><c>heliograph config show|validate</c>.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var options = new ConfigurationOptions();
        var show = new DocumentedCommand("show", "Print the configuration in effect as YAML, with where each value that is no default came from. Secrets are masked.", """
            Example:
              HELIOGRAPH__LIMITS__IDLE_TIMEOUT=5m heliograph config show --domain proxy.example.org
            """);
        var validate = new DocumentedCommand("validate", "Check the configuration, and tell everything that is wrong with it at once. Touches no network and no certificate.", """
            Example:
              heliograph config validate --config heliograph.yaml
            """);
        options.AddTo(show);
        options.AddTo(validate);
        show.SetAction(parsed => Show(options, parsed));
        validate.SetAction(parsed => Validate(options, parsed));
        return new DocumentedCommand("config", "Show or check the configuration.", """
            The configuration is a YAML file, environment variables over it, and flags over both; a list given higher up replaces the lower one whole.
            A variable is named for its key: HELIOGRAPH__LIMITS__IDLE_TIMEOUT=5m, HELIOGRAPH__DOMAINS=a.example.org,b.example.org.
            """) { show, validate };
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
        parsed.InvocationConfiguration.Output.WriteLine($"The configuration is good ({loaded.File ?? "no file"}).");
        return (int)ExitCode.Done;
    }
}
