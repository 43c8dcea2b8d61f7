using System.Text.RegularExpressions;
using Heliograph.Testing;

namespace Heliograph.Tests.Architecture;

/// <summary>
/// Arrows point downwards only: between assemblies, and between the program's folders. Compiled code shows what is used; the using
/// directives of the sources show what is intended.
/// </summary>
public sealed partial class ArrowTests
{
    [Fact]
    public void An_assembly_refers_only_to_those_below_it()
    {
        foreach (var (name, allowed) in House.Assemblies)
        {
            var project = File.ReadAllText(Repository.PathOf($"src/{name}/{name}.csproj"));
            var referred = ProjectReference().Matches(project).Select(static found => found.Groups["name"].Value);
            Assert.Empty(referred.Except(allowed, StringComparer.Ordinal));
        }
    }

    [Fact]
    public void No_library_opens_its_internals_except_to_tests()
    {
        foreach (var name in House.Assemblies.Keys.Where(static name => name != "Heliograph"))
        {
            var project = File.ReadAllText(Repository.PathOf($"src/{name}/{name}.csproj"));
            var friends = InternalsVisibleTo().Matches(project).Select(static found => found.Groups["name"].Value);
            Assert.All(friends, static friend => Assert.Matches(@"^Heliograph\.(\w+\.)?(Tests|Benchmarks|Fuzz|Sites)$", friend));
        }
    }

    [Fact]
    public void The_TLS_library_knows_no_socket_no_file_and_no_logger()
    {
        var reached = House.Compiled.Types.Where(static type => type.FullName.StartsWith("Heliograph.Tls13.", StringComparison.Ordinal))
            .SelectMany(static type => type.Dependencies).Select(static arrow => arrow.Target.FullName)
            .Where(static target => target.StartsWith("System.Net", StringComparison.Ordinal)
                || target.StartsWith("System.IO.", StringComparison.Ordinal)
                || target.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal));
        Assert.Empty(reached.Distinct());
    }

    [Fact]
    public void A_folder_uses_only_those_below_it() =>
        PointsDownwards(CompiledArrows());

    [Fact]
    public void A_folder_names_only_those_below_it() =>
        PointsDownwards(WrittenArrows());

    [Fact]
    public void Every_folder_of_the_program_has_its_floor()
    {
        var folders = Directory.GetDirectories(Repository.PathOf("src/Heliograph")).Select(static path => Path.GetFileName(path));
        Assert.Equal(
            House.Folders.Order(StringComparer.Ordinal),
            folders.Where(static name => name is not ("bin" or "obj")).Order(StringComparer.Ordinal));
    }

    /// <summary>If this fails, the two tests above see nothing.</summary>
    [Fact]
    public void Both_checks_see_that_commands_use_the_configuration()
    {
        Assert.Contains(CompiledArrows(), static arrow => arrow is { From: "Cli", To: "Configuration" });
        Assert.Contains(WrittenArrows(), static arrow => arrow is { From: "Cli", To: "Configuration" });
        Assert.True(IsUpwards("Configuration", "Checking"));
        Assert.True(IsUpwards("", "Cli"));
        Assert.False(IsUpwards("Cli", ""));
    }

    private static void PointsDownwards(IEnumerable<(string From, string To, string What)> arrows)
    {
        var wrong = arrows.Where(static arrow => IsUpwards(arrow.From, arrow.To)).Select(static arrow => arrow.What).Distinct().ToList();
        Assert.True(
            wrong.Count == 0,
            $"A folder uses one that is above it in {nameof(House)}.{nameof(House.Folders)}; move the type, or ask through a delegate:\n" +
            string.Join('\n', wrong));
    }

    /// <summary>The root is below every folder: only the program's entry point, which is not checked, starts the command line.</summary>
    private static bool IsUpwards(string from, string to) => Floor(to) > Floor(from);

    private static int Floor(string folder) => folder.Length == 0 ? -1 : House.Folders.ToList().IndexOf(folder) is var floor and >= 0
        ? floor
        : throw new InvalidOperationException($"the folder {folder} has no floor in {nameof(House)}.{nameof(House.Folders)}");

    private static IEnumerable<(string From, string To, string What)> CompiledArrows() =>
        from type in House.Compiled.Types
        let @from = House.FindFolder(type.Namespace?.FullName)
        where @from is not null
        from arrow in type.Dependencies
        let to = House.FindFolder(arrow.Target.Namespace?.FullName)
        where to is not null && to != @from
        select (@from, to, $"{type.FullName} -> {arrow.Target.FullName}");

    private static IEnumerable<(string From, string To, string What)> WrittenArrows()
    {
        var root = Repository.PathOf("src/Heliograph");
        foreach (var file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            var parts = Path.GetRelativePath(root, file).Split('/');
            if (parts is ["Program.cs"])
                continue;
            var from = parts.Length == 1 ? "" : parts[0];
            foreach (var line in File.ReadLines(file))
            {
                if (Using().Match(line) is { Success: true } found && House.FindFolder(found.Groups["name"].Value) is { } to && to != from)
                    yield return (from, to, $"{Path.GetRelativePath(root, file)}: {line}");
            }
        }
    }

    [GeneratedRegex(
        @"<ProjectReference Include=""[^""]*/(?<name>Heliograph[\w.]*)\.csproj""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"<InternalsVisibleTo Include=""(?<name>[^""]+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InternalsVisibleTo();

    [GeneratedRegex(@"^using (static |\w+ = )?(?<name>Heliograph(\.\w+)*);", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Using();
}
