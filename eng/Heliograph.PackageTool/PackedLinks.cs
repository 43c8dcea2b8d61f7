using System.Text.RegularExpressions;

namespace Heliograph.PackageTool;

/// <summary>
/// Who reads the documents of a package has no repository beside them: a link to what the package lacks leads to the web.
/// </summary>
internal static partial class PackedLinks
{
    /// <summary>Rewrites the documents below a directory that is laid out as the repository.</summary>
    /// <param name="directory">What the package contains.</param>
    /// <param name="address">The files of the repository on the web, at this version.</param>
    public static void Rewrite(string directory, string address)
    {
        var root = Path.GetFullPath(directory);
        foreach (var document in Directory.EnumerateFiles(root, "*.md", SearchOption.AllDirectories))
            File.WriteAllText(document, Links().Replace(File.ReadAllText(document), link => Packed(link, root, document, address)));
    }

    private static string Packed(Match link, string root, string document, string address)
    {
        var target = Path.GetFullPath(link.Groups["file"].Value, Path.GetDirectoryName(document)!);
        return Path.Exists(target) ? link.Value : $"]({address}/{Path.GetRelativePath(root, target)}{link.Groups["heading"].Value})";
    }

    /// <summary>To a file: not to the web, and not only to a heading of the same document.</summary>
    [GeneratedRegex(@"\]\((?!https?:|mailto:)(?<file>[^)#\s]+)(?<heading>#[^)\s]*)?\)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Links();
}
