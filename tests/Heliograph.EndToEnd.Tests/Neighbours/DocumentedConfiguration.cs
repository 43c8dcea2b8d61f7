using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Neighbours;

/// <summary>The configurations of docs/operating, so that what the tests run is what the documents say.</summary>
internal static class DocumentedConfiguration
{
    /// <summary>A block of a document.</summary>
    /// <param name="document">The file's name in docs/operating.</param>
    /// <param name="heading">The heading above it.</param>
    /// <param name="changes">What a test uses instead of the documented text; each such text must exist.</param>
    public static string Read(string document, string heading, params (string Documented, string Own)[] changes)
    {
        var text = File.ReadAllText(Repository.PathOf($"docs/operating/{document}")).ReplaceLineEndings("\n");
        var section = text.Split($"\n## {heading}\n") is [_, var after]
            ? after
            : throw new InvalidOperationException($"{document} has no one heading {heading}");
        var fenced = section.Split("\n```", 3)[1];
        var block = fenced[(fenced.IndexOf('\n', StringComparison.Ordinal) + 1)..] + "\n";
        foreach (var (documented, own) in changes)
        {
            Assert.Contains(documented, block, StringComparison.Ordinal);
            block = block.Replace(documented, own, StringComparison.Ordinal);
        }
        return block;
    }
}
