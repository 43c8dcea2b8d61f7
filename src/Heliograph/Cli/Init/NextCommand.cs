using Heliograph.Configuration;

namespace Heliograph.Cli.Init;

/// <summary>How the server is started on this machine: as a service where the unit is installed, else by hand.</summary>
internal static class NextCommand
{
    private static readonly string[] UnitDirectories = ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    /// <param name="file">The configuration file, by its whole path.</param>
    public static string For(string file)
    {
        var isDefault = file == ConfigurationLoader.DefaultFile;
        if (isDefault && UnitDirectories.Any(static directory => File.Exists(Path.Combine(directory, "heliograph.service"))))
            return "systemctl enable --now heliograph";
        return $"{Program()} run{(isDefault ? "" : $" --config {file}")}";
    }

    /// <summary>From a clone of the repository it is not installed.</summary>
    private static string Program() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(static directory => File.Exists(Path.Combine(directory, "heliograph"))) ? "heliograph" : "./heliograph";
}
