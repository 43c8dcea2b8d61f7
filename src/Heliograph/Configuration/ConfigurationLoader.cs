using Microsoft.Extensions.Configuration;

namespace Heliograph.Configuration;

/// <summary>What <see cref="ConfigurationLoader"/> found: settings, or what is wrong.</summary>
/// <param name="Settings">Null if there is an error.</param>
/// <param name="Values">Where each value came from.</param>
/// <param name="Errors">One line each.</param>
/// <param name="File">The configuration file that was read, if any.</param>
internal sealed record LoadedConfiguration(Settings? Settings, LayeredValues Values, IReadOnlyList<string> Errors, string? File);

/// <summary>Reads the file, then the environment over it, then the flags over both.</summary>
internal static class ConfigurationLoader
{
    public const string DefaultFile = "/etc/heliograph/heliograph.yaml";

    /// <summary>Names the file where no flag does.</summary>
    public const string FileVariable = "HELIOGRAPH_CONFIG";

    /// <summary>The file that is read where no flag names one, whether it exists or not.</summary>
    public static string FileToWrite() => Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } named ? named : DefaultFile;

    /// <param name="keys">The keys that there can be.</param>
    /// <param name="file">What <c>--config</c> says, or null.</param>
    /// <param name="environment">The process's environment.</param>
    /// <param name="flags">Fills the layer of the flags.</param>
    /// <param name="offline">Look at no file but the configuration's own.</param>
    public static LoadedConfiguration Load(
        KeyCatalog keys,
        string? file,
        IReadOnlyDictionary<string, string> environment,
        Action<Layer, ConfigurationErrors> flags,
        bool offline = false)
    {
        var errors = new ConfigurationErrors();
        file ??= environment.GetValueOrDefault(FileVariable) is { Length: > 0 } named ? named : null;
        file ??= Exists(DefaultFile) ? DefaultFile : null;
        var flagLayer = new Layer();
        flags(flagLayer, errors);
        var root = new ConfigurationBuilder()
            .Add(file is null ? new Layer() : YamlLayer.Read(file, keys, errors))
            .Add(EnvironmentLayer.Read(environment, keys, errors))
            .Add(flagLayer)
            .Build();
        return Read(root, keys, errors, file, offline);
    }

    /// <summary>What flags alone give, for a file that is yet to be written.</summary>
    public static LoadedConfiguration Load(Layer flags, ConfigurationErrors errors) =>
        Read(new ConfigurationBuilder().Add(flags).Build(), Keys.Catalog, errors, file: null, offline: false);

    /// <summary>A file that this user may not even see is not taken for none: reading it says why not.</summary>
    internal static bool Exists(string file)
    {
        try
        {
            return !File.GetAttributes(file).HasFlag(FileAttributes.Directory);
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static LoadedConfiguration Read(
        IConfigurationRoot root, KeyCatalog keys, ConfigurationErrors errors, string? file, bool offline)
    {
        var values = new LayeredValues(root, keys);
        return new(SettingsReader.Read(values, errors, offline), values, errors.Lines, file);
    }
}
