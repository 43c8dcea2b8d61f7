namespace Heliograph.Configuration;

/// <summary>A part of the settings, and the section of the configuration that fills it.</summary>
/// <param name="path">The path of the section; "" is the top.</param>
/// <param name="get">Finds the part; null: nothing of it is configured.</param>
/// <param name="set">Puts the part into the settings.</param>
/// <param name="create">The part with its defaults.</param>
internal sealed class Section<T>(string path, Func<Settings, T?> get, Func<Settings, T, Settings> set, Func<T> create)
    where T : class
{
    public T? Get(Settings settings) => get(settings);

    public Settings Set(Settings settings, T part) => set(settings, part);

    public T Create() => create();

    /// <summary>A section in this one, or (with the name "") a part of the settings that this section fills too.</summary>
    public Section<TInner> Inner<TInner>(string name, Func<T, TInner?> find, Func<T, TInner, T> with, Func<TInner> createInner)
        where TInner : class => new(
            name.Length == 0 ? path : KeyCatalog.Join(path, name),
            settings => get(settings) is { } part ? find(part) : null,
            (settings, inner) => set(settings, with(get(settings) ?? create(), inner)),
            createInner);

    /// <summary>A key of the section. <see cref="ConfigurationKey"/> explains what is optional.</summary>
    public ConfigurationKey Key<TValue>(
        string name,
        ValueKind<TValue> kind,
        Func<T, TValue?> value,
        Func<T, TValue, T> with,
        string help,
        OnReload onReload = OnReload.NeedsRestart,
        KeyFlag? flag = null,
        string? example = null,
        bool isSecret = false,
        bool isRequired = false,
        string? choice = null,
        Func<T, bool>? countsIf = null,
        Func<T, string?>? remark = null) => new ConfigurationKey<T, TValue>(KeyCatalog.Join(path, name), kind, help, this, value, with)
        {
            OnReload = onReload,
            Flag = flag,
            Example = example,
            IsSecret = isSecret,
            IsRequired = isRequired,
            Choice = choice,
            CountsIf = countsIf,
            Remark = remark is null ? null : settings => get(settings) is { } part ? remark(part) : null,
        };
}
