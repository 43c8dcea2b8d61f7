using System.Text.RegularExpressions;
using Heliograph.Testing;

namespace Heliograph.Tests.Architecture;

/// <summary>
/// The runtime reads addresses more loosely than inet_pton(3), and resolves names through a search list: only one place of ours may let it.
/// </summary>
public sealed partial class OneReaderTests
{
    [Fact]
    public void Addresses_are_read_by_one_class() =>
        Assert.Equal(
            [
                // As the resolver itself reads its file.
                "src/Heliograph.Acme/Dns/SystemResolver.cs",
                "src/Heliograph.Platform/InternetAddress.cs",
            ],
            FilesWith(LooseReading()));

    [Fact]
    public void Names_are_resolved_by_one_class() =>
        Assert.Equal(["src/Heliograph.Platform/AbsoluteName.cs"], FilesWith(Resolving()));

    private static IEnumerable<string> FilesWith(Regex pattern) => Directory
        .EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
        .Where(file => pattern.IsMatch(File.ReadAllText(file)))
        .Select(static file => Path.GetRelativePath(Repository.PathOf("."), file))
        .Order(StringComparer.Ordinal);

    /// <summary>Not of a text that stands in the code.</summary>
    [GeneratedRegex(
        @"\b(IPAddress|IPEndPoint|IPNetwork)\.(Try)?Parse\((?!"")", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex LooseReading();

    [GeneratedRegex(@"\bDns\.(GetHost|Resolve|BeginGet)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Resolving();
}
