using Heliograph.Configuration;

namespace Heliograph.Cli.Init;

/// <summary>How to start the server on this machine: as a service if the unit is installed, else by hand.</summary>
internal static class NextCommand
{
    private static readonly string[] UnitDirectories = ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    /// <param name="file">The full path of the configuration file.</param>
    public static string For(string file)
    {
        var isDefault = file == ConfigurationLoader.DefaultFile;
        if (isDefault && UnitDirectories.Any(static directory => File.Exists(Path.Combine(directory, "heliograph.service"))))
            return "systemctl enable --now heliograph";
        return $"{Program()} run{(isDefault ? "" : $" --config {file}")}";
    }

    /// <summary>In a clone of the repository it is not installed.</summary>
    private static string Program() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Any(static directory => File.Exists(Path.Combine(directory, "heliograph")))
            ? "heliograph"
            : "./heliograph";
}
