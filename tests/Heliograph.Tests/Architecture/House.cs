using ArchUnitNET.Loader;

namespace Heliograph.Tests.Architecture;

/// <summary>The assemblies and the folders of the house, from the lowest floor up.</summary>
internal static class House
{
    /// <summary>Which of our assemblies each may refer to.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Assemblies = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Heliograph.Platform"] = [],
        ["Heliograph.Tls13"] = [],
        ["Heliograph.Acme"] = ["Heliograph.Platform"],
        ["Heliograph.Web"] = ["Heliograph.Platform"],
        ["Heliograph.Fleet"] = ["Heliograph.Platform"],
        ["Heliograph.Relay"] = ["Heliograph.Platform", "Heliograph.Tls13"],
        ["Heliograph"] = ["Heliograph.Platform", "Heliograph.Acme", "Heliograph.Web", "Heliograph.Fleet", "Heliograph.Relay"],
    };

    /// <summary>The program's folders: each may know the root and those above it in this list, and none below.</summary>
    public static readonly IReadOnlyList<string> Folders =
    [
        "Configuration", "Sharing", "Setup", "HostLists", "Statistics", "Budget", "Membership", "Access", "Sources", "Countries",
        "Certificates", "Machine", "Status", "Control", "Checking", "Alerts", "Metrics", "Hosting", "Demo", "Cli",
    ];

    private static readonly Lazy<ArchUnitNET.Domain.Architecture> Loaded = new(static () =>
        new ArchLoader().LoadAssemblies([.. Assemblies.Keys.Select(Load)]).Build());

    /// <summary>The compiled house: every type, and every type that its code reaches.</summary>
    public static ArchUnitNET.Domain.Architecture Compiled => Loaded.Value;

    /// <summary>The first part of a namespace below the program's; "" for the root, null for another assembly's.</summary>
    public static string? FindFolder(string? @namespace)
    {
        if (@namespace == "Heliograph")
            return "";
        if (@namespace is null || !@namespace.StartsWith("Heliograph.", StringComparison.Ordinal))
            return null;
        var folder = @namespace.Split('.')[1];
        return Assemblies.ContainsKey($"Heliograph.{folder}") ? null : folder;
    }

    private static System.Reflection.Assembly Load(string name) =>
        name == "Heliograph" ? typeof(ProductVersion).Assembly : System.Reflection.Assembly.Load(name);
}
