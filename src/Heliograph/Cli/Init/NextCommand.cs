using System.Globalization;
using System.Net;
using Heliograph.Configuration;
using Heliograph.Machine;

namespace Heliograph.Cli.Init;

/// <summary>
/// How to start the server on this machine: as a service if the unit is installed, else by hand; with sudo where that needs it.
/// </summary>
internal static class NextCommand
{
    private const string FirstFreePort = "/proc/sys/net/ipv4/ip_unprivileged_port_start";

    /// <param name="file">The full path of the configuration file.</param>
    /// <param name="settings">What is in it.</param>
    public static string For(string file, Settings settings)
    {
        var isDefault = file == ConfigurationLoader.DefaultFile;
        if (isDefault && ServiceUnit.IsInstalled)
            return $"{Sudo.Prefix}systemctl enable --now heliograph";
        // What root wrote here, only root reads.
        var asRoot = Environment.IsPrivilegedProcess || settings.Listen.Concat(settings.HttpListen).Any(NeedsRoot);
        return $"{(asRoot ? Sudo.Prefix : "")}{Program()} run{(isDefault ? "" : $" --config {file}")}";
    }

    private static bool NeedsRoot(IPEndPoint endpoint) =>
        endpoint.Port != 0
        && File.Exists(FirstFreePort)
        && endpoint.Port < int.Parse(File.ReadAllText(FirstFreePort), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);

    /// <summary>In a clone of the repository it is not installed.</summary>
    private static string Program() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Any(static directory => File.Exists(Path.Combine(directory, "heliograph")))
            ? "heliograph"
            : "./heliograph";
}
