using System.Reflection;

namespace Heliograph.Cli;

/// <summary>Where the project is on the web. Directory.Build.props holds it; the build puts it into the program.</summary>
internal static class ProjectAddress
{
    public static string Repository { get; } = typeof(ProjectAddress).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static one => one.Key == "ProjectRepository").Value!;

    /// <summary>The signed list of hosts of the newest release.</summary>
    public static string LatestList => $"{Repository}/releases/latest/download/hosts.json";
}
