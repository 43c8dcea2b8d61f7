using System.Text.Json.Nodes;

namespace Heliograph.Configuration;

/// <summary>What a running server does when the value of a key has changed and it reads the configuration again.</summary>
internal enum OnReload
{
    /// <summary>It goes on with the old value.</summary>
    NeedsRestart,

    /// <summary>It serves the connections that come from now on by the new one.</summary>
    TakesEffect,

    /// <summary>The same, and it builds the decoy's web site again.</summary>
    RebuildsDecoy,

    /// <summary>The same, and it opens the source of the certificate again.</summary>
    ReopensCertificate,
}

/// <summary>The flag of a key on the command line.</summary>
/// <param name="Name">With its two dashes.</param>
/// <param name="Value">What help calls its value.</param>
/// <param name="Empty">For a list: the word that means an empty one.</param>
internal sealed record KeyFlag(string Name, string Value, string? Empty = null);

/// <summary>
/// A key of the configuration, and all there is to know about it. The file, the environment, the flags, <c>config show</c>, a reload, the
/// reference page and the JSON schema take what they need from here.
/// </summary>
/// <param name="path">
/// The sections and the name, joined by ':' as in Microsoft.Extensions.Configuration; people see it with '.' (<see cref="Name"/>).
/// </param>
/// <param name="kind">What its value is.</param>
/// <param name="help">What it is for, in one or two short sentences.</param>
internal abstract class ConfigurationKey(string path, ValueKind kind, string help)
{
    public string Path { get; } = path;

    public string Name => Display(Path);

    /// <summary>Its environment variable.</summary>
    public string Variable => VariableOf(Path);

    public ValueKind Kind { get; } = kind;

    public KeyShape Shape => Kind.Shape;

    public string Allowed => Kind.Allowed;

    public string Help { get; } = help;

    public OnReload OnReload { get; init; }

    public bool IsLive => OnReload != OnReload.NeedsRestart;

    /// <summary>Null: it has none.</summary>
    public KeyFlag? Flag { get; init; }

    /// <summary>A value, written as in its environment variable.</summary>
    public string? Example { get; init; }

    /// <summary>What <c>config show</c> says beside the value, of these settings; null: nothing.</summary>
    public Func<Settings, string?>? Remark { get; init; }

    /// <summary>Its value is never shown.</summary>
    public bool IsSecret { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>
    /// Of all keys with the same one, a layer gives at most one, and the choice of a higher layer replaces that of a lower.
    /// </summary>
    public string? Choice { get; init; }

    /// <summary>The default as YAML; null: there is none.</summary>
    public abstract string? DefaultYaml { get; }

    /// <summary>The default as the key's flag or variable takes it.</summary>
    public abstract string? DefaultText { get; }

    /// <summary>The example as YAML; null: there is none.</summary>
    public abstract string? ExampleYaml { get; }

    public static string Display(string path) => path.Replace(':', '.');

    public static string VariableOf(string path) =>
        EnvironmentLayer.Prefix + path.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>A value as it may be shown.</summary>
    public string Mask(string value) => IsSecret ? Masked.All : Kind.Mask(value);

    /// <summary>The settings with the value that the layers give; as they are if none does, or if it cannot be used.</summary>
    public abstract Settings Read(LayeredValues values, ConfigurationErrors errors, Settings settings);

    /// <summary>The value as YAML on one line; null where it has none, or where it has no effect.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="withSecrets">Whether it may be written as it is; otherwise what is secret in it is masked.</param>
    public abstract string? ToYaml(Settings settings, bool withSecrets = false);

    /// <summary>For a map: each entry, with its value as YAML.</summary>
    public abstract IEnumerable<(string Name, string Yaml)> Entries(Settings settings);

    /// <summary>Whether both have the same value. Whether a default is written out makes no difference.</summary>
    public abstract bool IsSame(Settings one, Settings other);

    /// <summary><paramref name="to"/>, with the value that <paramref name="from"/> has.</summary>
    public abstract Settings Copy(Settings from, Settings to);

    /// <summary>The key as JSON Schema has it: its kind, what it is for, its default and an example.</summary>
    public abstract JsonObject Schema();
}

/// <inheritdoc/>
/// <typeparam name="TSection">The part of the settings that holds the value.</typeparam>
/// <typeparam name="TValue">The value.</typeparam>
internal sealed class ConfigurationKey<TSection, TValue>(
    string path, ValueKind<TValue> kind, string help,
        Section<TSection> section, Func<TSection, TValue?> get, Func<TSection, TValue, TSection> set)
    : ConfigurationKey(path, kind, help)
    where TSection : class
{
    /// <summary>Where the value counts only together with another; null: everywhere.</summary>
    public Func<TSection, bool>? CountsIf { get; init; }

    public override string? DefaultYaml => kind.ToYaml(get(section.Create()));

    public override string? DefaultText => kind.ToText(get(section.Create()));

    public override string? ExampleYaml => Example is not null && section.Get(Parse(Example)) is { } part ? kind.ToYaml(get(part)) : null;

    public override Settings Read(LayeredValues values, ConfigurationErrors errors, Settings settings) =>
        kind.TryRead(this, values, errors, out var value) ? With(settings, value) : settings;

    public override string? ToYaml(Settings settings, bool withSecrets = false) =>
        Yaml(settings, withSecrets) is { } yaml ? IsSecret && !withSecrets ? YamlText.Quote(Masked.All) : yaml : null;

    public override IEnumerable<(string Name, string Yaml)> Entries(Settings settings) =>
        section.Get(settings) is { } part ? kind.Entries(get(part)) : [];

    public override bool IsSame(Settings one, Settings other) => Yaml(one, withSecrets: true) == Yaml(other, withSecrets: true);

    public override Settings Copy(Settings from, Settings to) => section.Get(from) is { } part ? With(to, get(part)!) : to;

    public override JsonObject Schema()
    {
        var schema = kind.Schema();
        schema["description"] = Help;
        if (!IsRequired && kind.ToJson(get(section.Create())) is { } value)
            schema["default"] = value;
        if (Example is not null && section.Get(Parse(Example)) is { } part && kind.ToJson(get(part)) is { } example)
            schema["examples"] = new JsonArray(example);
        return schema;
    }

    private string? Yaml(Settings settings, bool withSecrets) =>
        section.Get(settings) is not { } part || CountsIf?.Invoke(part) == false ? null
        : withSecrets ? kind.ToYaml(get(part))
        : kind.ToMaskedYaml(get(part));

    private Settings With(Settings settings, TValue value) => section.Set(settings, set(section.Get(settings) ?? section.Create(), value));

    private Settings Parse(string text)
    {
        var errors = new ConfigurationErrors();
        return Read(LayeredValues.Single(this, text, errors), errors, Settings.Default);
    }
}
