using System.Collections;
using System.CommandLine;
using Heliograph.Acme;
using Heliograph.Configuration;
using Heliograph.Relay.Routing;

namespace Heliograph.Cli;

/// <summary>The flags of every command that reads the configuration: --config, and one for each common key.</summary>
/// <param name="fileDescription">What the file is for, where it is not read.</param>
internal sealed class ConfigurationOptions(string? fileDescription = null)
{
    private static readonly string[] HttpOff = ["none"];

    private readonly Option<string?> file = new("--config")
    {
        Description = fileDescription ?? $"The configuration file. Without it: {ConfigurationLoader.FileVariable}, else {ConfigurationLoader.DefaultFile} if it is there.",
        HelpName = "FILE",
    };

    private readonly List<Flag> flags =
    [
        new(Keys.Domains, "--domain", "NAME", "What clients type: a DNS name or an IP address. May be repeated."),
        new(Keys.Listen, "--listen", "ADDR:PORT", "Where clients connect. May be repeated. [default: [::]:443]"),
        new Flag(Keys.HttpListen, "--http-listen", "ADDR:PORT", "Plain HTTP: redirects to https. May be repeated; none turns it off. [default: [::]:80]").With("none"),
        new Flag(Keys.CertificateSource, "--certificate-source", "SOURCE", "acme, files or self-signed. [default: acme, or files where a chain is named]").With([.. Words.CertificateOrigins.Select(static origin => origin.Word)]),
        new(Keys.CertificateChain, "--certificate-chain", "FILE", "PEM file: the chain, leaf first."),
        new(Keys.CertificateKey, "--certificate-key", "FILE", "PEM file: the leaf's private key."),
        new Flag(Keys.Acme.Directory, "--acme-directory", "URL", "The ACME directory. [default: Let's Encrypt]").With(AcmeOptions.LetsEncrypt, AcmeOptions.LetsEncryptStaging),
        new(Keys.Acme.Email, "--acme-email", "ADDRESS", "Where the certificate authority may write to you."),
        new(Keys.Acme.CaRoot, "--acme-ca-root", "FILE", "PEM file: the roots that the ACME directory's own certificate leads to."),
        new Flag(Keys.RouteSets, "--route-set", "SET", "Hosts that are relayed: signal or signal-staging. May be repeated. [default: signal]").With([.. RouteSets.Names]),
        new(Keys.RouteHosts, "--route", "NAME=ENDPOINT", "One more host that is relayed, and where to. May be repeated."),
        new(Keys.DecoyDirectory, "--decoy-directory", "DIR", "A static web site for everyone without a Signal client. [default: a built-in one]"),
        new(Keys.DecoyUpstream, "--decoy-upstream", "ENDPOINT", "A web server for them: host:port or unix:/path, HTTP/1.1 without TLS."),
        new(Keys.DecoyUpstreamH2, "--decoy-upstream-h2", "ENDPOINT", "The same for HTTP/2 with prior knowledge; without it h2 is not offered."),
        new Flag(Keys.MaxConnections, "--max-connections", "N", "Connections at a time. [default: auto]").With("auto"),
        new(Keys.DrainTimeout, "--drain-timeout", "DURATION", "How long connections may go on after SIGTERM. [default: 30s]"),
        new Flag(Keys.LogLevel, "--log-level", "LEVEL", "trace, debug, info, warning or error; no level logs who connects. [default: info]").With([.. Words.LogLevels.Select(static level => level.Word)]),
        new(Keys.StateDirectory, "--state-directory", "DIR", "What must outlive the program. [default: /var/lib/heliograph]"),
    ];

    public void AddTo(Command command)
    {
        AddFileTo(command);
        foreach (var flag in flags)
            command.Add(flag.Option);
    }

    /// <summary>Only what says where the running server is: <see cref="StateDirectory"/>.</summary>
    public void AddStateDirectoryTo(Command command)
    {
        AddFileTo(command);
        command.Add(flags.Single(static flag => flag.Key == Keys.StateDirectory).Option);
    }

    /// <summary><c>--config</c> alone.</summary>
    public void AddFileTo(Command command) => command.Add(file);

    /// <summary>A shorter name for the flag of a key.</summary>
    public void AddAlias(Key key, string name) => flags.Single(flag => flag.Key == key).Option.Aliases.Add(name);

    /// <summary>What <c>--config</c> says, or null.</summary>
    public string? FileOf(ParseResult parsed) => parsed.GetValue(file);

    /// <summary>Reads the configuration; on errors prints them all.</summary>
    /// <returns>Its settings are null if there was an error.</returns>
    public LoadedConfiguration Load(ParseResult parsed, TextWriter error)
    {
        var loaded = Load(parsed);
        if (loaded.Settings is null)
            Report(loaded.Errors, error);
        return loaded;
    }

    /// <summary>Fills the layer of the flags.</summary>
    public void ReadFlags(ParseResult parsed, Layer layer, ConfigurationErrors errors)
    {
        foreach (var flag in flags)
            flag.Read(parsed, layer, errors);
    }

    /// <summary>Where the running server is. What is wrong elsewhere in the configuration does not stand in the way of asking it.</summary>
    /// <returns>Null if that cannot be told; the errors are printed.</returns>
    public string? StateDirectory(ParseResult parsed, TextWriter error)
    {
        var loaded = Load(parsed);
        var errors = new ConfigurationErrors();
        var directory = SettingsReader.StateDirectory(loaded.Values, errors);
        // A file that cannot be read might have named another directory than the default.
        var unread = loaded.Values.OriginOf(Keys.StateDirectory) is null
            ? loaded.Errors.Where(line => loaded.File is { } path && line.StartsWith(path, StringComparison.Ordinal)).ToList()
            : [];
        if (!errors.Any && unread.Count == 0)
            return directory;
        Report([.. errors.Lines, .. unread], error);
        return null;
    }

    /// <summary>Reads the configuration, with all its errors.</summary>
    public LoadedConfiguration Load(ParseResult parsed) => ConfigurationLoader.Load(parsed.GetValue(file), EnvironmentVariables(), (layer, errors) => ReadFlags(parsed, layer, errors));

    public static void Report(IReadOnlyList<string> errors, TextWriter error)
    {
        error.WriteLine(errors is [_] ? "heliograph: the configuration has an error:" : $"heliograph: the configuration has {errors.Count} errors:");
        foreach (var line in errors)
            error.WriteLine("  " + line);
    }

    private static Dictionary<string, string> EnvironmentVariables() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToDictionary(static entry => (string)entry.Key, static entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    private sealed record Flag(Key Key, string Name, string HelpName, string Description)
    {
        public Option<string[]> Option { get; } = new(Name)
        {
            Description = Description,
            HelpName = HelpName,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };

        /// <summary>Those that the shell may offer.</summary>
        public Flag With(params ReadOnlySpan<string> words)
        {
            Option.CompletionSources.Add(words.ToArray());
            return this;
        }

        public void Read(ParseResult parsed, Layer layer, ConfigurationErrors errors)
        {
            if (parsed.GetResult(Option) is not { Implicit: false } || parsed.GetValue(Option) is not { } values)
                return;
            if (Key.Kind == KeyKind.Scalar && values.Length > 1)
                errors.Add(Name, $"is given {values.Length} times; keep one");
            foreach (var value in values)
                Read(value, values, layer, errors);
        }

        private void Read(string value, string[] all, Layer layer, ConfigurationErrors errors)
        {
            if (Key.Kind == KeyKind.Scalar)
                layer.SetScalar(Key, value, Name);
            else if (Key == Keys.HttpListen && all.SequenceEqual(HttpOff))
                layer.SetList(Key, Name);
            else if (Key.Kind == KeyKind.List)
                layer.AddItem(Key, value, Name);
            else if (value.Split('=', 2, StringSplitOptions.TrimEntries) is not [var name, var endpoint])
                errors.Add(Name, $"\"{value}\" is no {HelpName}; allowed: {Key.Allowed}, such as chat.signal.org=127.0.0.1:9000");
            else if (!layer.AddEntry(Key, name, endpoint, Name))
                errors.Add(Name, $"{name} is given twice; keep one of the two");
        }
    }
}
