using System.Reflection;
using Heliograph.Platform.Minisign;

namespace Heliograph.HostLists;

/// <summary>
/// The public key of the project's lists. Whoever makes releases gives it to the build (HostListKey in Directory.Build.props); a build
/// without it takes lists only by <c>routes.list_key</c>.
/// </summary>
internal static class ProjectKey
{
    private const string Name = "HostListKey";

    /// <summary>Null: this build has none.</summary>
    public static MinisignKey? Value { get; } = typeof(ProjectKey).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(static one => one.Key == Name)?.Value is { Length: > 0 } text
            ? MinisignKey.Parse(text) ?? throw new InvalidOperationException($"{Name} is not a public key of minisign")
            : null;
}
