namespace Heliograph.Machine;

/// <summary>heliograph.service, as far as its file tells.</summary>
internal static class ServiceUnit
{
    private const string Name = "heliograph.service";
    private const string Capability = "CAP_NET_BIND_SERVICE";

    private static readonly string[] Directories = ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    public static bool IsInstalled => Find() is not null;

    /// <summary>Whether the service may use ports that the user who runs this command may not.</summary>
    public static bool MayUseLowPorts =>
        Find() is { } file
        && File.ReadLines(file)
            .Any(static line =>
                line.StartsWith("AmbientCapabilities=", StringComparison.Ordinal) && line.Contains(Capability, StringComparison.Ordinal));

    private static string? Find() => Directories.Select(static directory => Path.Combine(directory, Name)).FirstOrDefault(File.Exists);
}
