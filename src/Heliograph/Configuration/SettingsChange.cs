namespace Heliograph.Configuration;

/// <summary>What differs between two configurations, and which of it takes effect without a restart.</summary>
internal sealed record SettingsChange
{
    /// <summary>The keys whose value differs from the one in use and takes effect at once.</summary>
    public required IReadOnlyList<ConfigurationKey> Applied { get; init; }

    /// <summary>The keys whose value differs from the one at the start and stays as it was.</summary>
    public required IReadOnlyList<ConfigurationKey> NeedRestart { get; init; }

    public bool Certificate => Applied.Any(static key => key.OnReload == OnReload.ReopensCertificate);

    public bool Decoy => Applied.Any(static key => key.OnReload == OnReload.RebuildsDecoy);

    /// <param name="started">What the program was started with.</param>
    /// <param name="used">What is in use, of what can change.</param>
    /// <param name="read">What was read now; it has no errors.</param>
    public static SettingsChange Between(LoadedConfiguration started, LoadedConfiguration used, LoadedConfiguration read) => new()
    {
        Applied = [.. read.Values.Keys.All.Where(key => key.IsLive && !key.IsSame(used.Settings!, read.Settings!))],
        NeedRestart = [.. read.Values.Keys.All.Where(key => !key.IsLive && !key.IsSame(started.Settings!, read.Settings!))],
    };
}
