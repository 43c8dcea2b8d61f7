using System.Collections;
using System.CommandLine;
using Heliograph.Configuration;

namespace Heliograph.Cli;

/// <summary>The flags of every command that reads the configuration: --config, and one for each key that has a flag.</summary>
internal sealed class ConfigurationOptions
{
    private readonly KeyCatalog keys;
    private readonly Option<string?> file;
    private readonly List<Flag> flags;

    /// <param name="fileDescription">What the file is for, if it is not read.</param>
    public ConfigurationOptions(string? fileDescription = null)
        : this(Keys.Catalog, fileDescription)
    {
    }

    /// <param name="keys">All keys.</param>
    /// <param name="fileDescription">What the file is for, if it is not read.</param>
    public ConfigurationOptions(KeyCatalog keys, string? fileDescription = null)
    {
        this.keys = keys;
        file = new("--config")
        {
            Description = fileDescription
                ?? $"The configuration file. Without it: {ConfigurationLoader.FileVariable}, "
                + $"else {ConfigurationLoader.DefaultFile} if it exists.",
            HelpName = "FILE",
        };
        flags = [.. keys.All.Where(static key => key.Flag is not null).Select(static key => new Flag(key, key.Flag!))];
    }

    public void AddTo(Command command) => AddTo(command, keys.All);

    /// <summary>Only the flags of some keys, for a command that needs no others.</summary>
    public void AddTo(Command command, IReadOnlyList<ConfigurationKey> wanted)
    {
        AddFileTo(command);
        foreach (var flag in flags.Where(flag => wanted.Contains(flag.Key)))
            command.Add(flag.Option);
    }

    /// <summary>Only the flags that locate the running server: <see cref="StateDirectory"/>.</summary>
    public void AddStateDirectoryTo(Command command) => AddTo(command, [Keys.StateDirectory]);

    /// <summary><c>--config</c> alone.</summary>
    public void AddFileTo(Command command) => command.Add(file);

    /// <summary>A shorter name for the flag of a key.</summary>
    public void AddAlias(ConfigurationKey key, string name) => flags.Single(flag => flag.Key == key).Option.Aliases.Add(name);

    /// <summary>The value of <c>--config</c>, or null.</summary>
    public string? GetFile(ParseResult parsed) => parsed.GetValue(file);

    /// <summary>Reads the configuration; on errors prints them all.</summary>
    /// <returns>Its settings are null if there was an error.</returns>
    public LoadedConfiguration Load(ParseResult parsed, TextWriter error, bool offline = false)
    {
        var loaded = Load(parsed, offline);
        if (loaded.Settings is null)
            Report(loaded.Errors, error);
        return loaded;
    }

    /// <summary>Fills the layer for flags.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="edit">Makes another value of one that is given; null: each stays as it is.</param>
    public void ReadFlags(
        ParseResult parsed, Layer layer, ConfigurationErrors errors, Func<ConfigurationKey, string, string>? edit = null)
    {
        foreach (var flag in flags)
            flag.Read(parsed, layer, errors, edit ?? (static (_, value) => value));
    }

    /// <summary>Reads some keys. Errors elsewhere in the configuration do not matter, nor does what is missing there.</summary>
    /// <returns>Settings with the values of these keys only. Null if one is unknown; the errors are printed.</returns>
    public Settings? Load(ParseResult parsed, TextWriter error, IReadOnlyList<ConfigurationKey> wanted)
    {
        var loaded = Load(parsed);
        var errors = new ConfigurationErrors();
        var settings = wanted.Aggregate(Settings.Default, (read, key) => key.Read(loaded.Values, errors, read));
        // A file that cannot be read might give another value than the default.
        var unread = wanted.Any(key => !loaded.Values.IsGiven(key))
            ? loaded.Errors.Where(line => loaded.File is { } path && line.StartsWith(path, StringComparison.Ordinal)).ToList()
            : [];
        if (!errors.Any && unread.Count == 0)
            return settings;
        Report([.. errors.Lines, .. unread], error);
        return null;
    }

    /// <summary>The state directory of the running server.</summary>
    /// <returns>Null if it is unknown; the errors are printed.</returns>
    public string? StateDirectory(ParseResult parsed, TextWriter error) => Load(parsed, error, [Keys.StateDirectory])?.StateDirectory;

    /// <summary>Reads the configuration, with all its errors.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="offline">Look at no file but the configuration's own.</param>
    public LoadedConfiguration Load(ParseResult parsed, bool offline = false) => ConfigurationLoader.Load(
        keys, parsed.GetValue(file), EnvironmentVariables(), (layer, errors) => ReadFlags(parsed, layer, errors), offline);

    public static void Report(IReadOnlyList<string> errors, TextWriter error)
    {
        error.WriteLine(errors is [_]
            ? "heliograph: the configuration has an error:" : $"heliograph: the configuration has {errors.Count} errors:");
        foreach (var line in errors)
            error.WriteLine("  " + line);
    }

    private static Dictionary<string, string> EnvironmentVariables() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToDictionary(static entry => (string)entry.Key, static entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    private sealed class Flag(ConfigurationKey key, KeyFlag flag)
    {
        public ConfigurationKey Key { get; } = key;

        public Option<string[]> Option { get; } = new(flag.Name)
        {
            Description = Describe(key, flag),
            HelpName = flag.Value,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
            CompletionSources = { Words(key, flag) },
        };

        public void Read(
            ParseResult parsed, Layer layer, ConfigurationErrors errors, Func<ConfigurationKey, string, string> edit)
        {
            if (parsed.GetResult(Option) is not { Implicit: false } || parsed.GetValue(Option) is not { } values)
                return;
            if (Key.Shape == KeyShape.Scalar && values.Length > 1)
                errors.Add(flag.Name, $"is given {values.Length} times; keep one");
            if (Key.Shape == KeyShape.List && values is [var only] && only == flag.Empty)
            {
                layer.SetList(Key, flag.Name);
                return;
            }
            foreach (var value in values)
                Read(edit(Key, value), layer, errors);
        }

        private void Read(string value, Layer layer, ConfigurationErrors errors)
        {
            if (Key.Shape == KeyShape.Scalar)
                layer.SetScalar(Key, value, flag.Name);
            else if (Key.Shape == KeyShape.List)
                layer.AddItem(Key, value, flag.Name);
            else if (value.Split('=', 2, StringSplitOptions.TrimEntries) is not [var name, var entry])
                errors.Add(flag.Name, $"\"{value}\" is not {flag.Value}; allowed: {Key.Allowed}, such as chat.signal.org=127.0.0.1:9000");
            else if (!layer.AddEntry(Key, name, entry, flag.Name))
                errors.Add(flag.Name, $"{name} is given twice; remove one of the two");
        }

        private static string Describe(ConfigurationKey key, KeyFlag flag)
        {
            var repeated = key.Shape == KeyShape.Scalar
                ? "" : flag.Empty is { } empty ? $" May be repeated; {empty} turns it off." : " May be repeated.";
            return key.Help + repeated + (key.DefaultText is { } text ? $" [default: {text}]" : "");
        }

        /// <summary>Those that the shell offers.</summary>
        private static string[] Words(ConfigurationKey key, KeyFlag flag) =>
            flag.Empty is { } empty ? [.. key.Kind.Words, empty] : [.. key.Kind.Words];
    }
}
