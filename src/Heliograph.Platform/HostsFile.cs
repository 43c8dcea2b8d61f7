using System.Net;

namespace Heliograph.Platform;

/// <summary>
/// /etc/hosts. The resolver compares its names with the name it is asked for letter by letter, so it finds nothing for an absolute name,
/// which ends in a dot.
/// </summary>
internal static class HostsFile
{
    /// <summary>Lists that block advertisements have some hundred thousand lines; anything longer is no hosts file.</summary>
    private const int MostLines = 1_000_000;

    private const string SystemFile = "/etc/hosts";

    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>The addresses of a name, in the order of the file; empty: it has none, or it cannot be read.</summary>
    public static IPAddress[] Find(string name)
    {
        try
        {
            return Find(name, File.ReadLines(SystemFile));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // As for the resolver: without the file, DNS is asked.
            return [];
        }
    }

    /// <summary>hosts(5): an address, its name, and its other names; a # begins a comment.</summary>
    internal static IPAddress[] Find(string name, IEnumerable<string> lines)
    {
        var found = new List<IPAddress>();
        foreach (var line in lines.Take(MostLines))
        {
            if (!line.Contains(name, StringComparison.OrdinalIgnoreCase))
                continue;
            var comment = line.IndexOf('#', StringComparison.Ordinal);
            var words = (comment < 0 ? line : line[..comment]).Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
            if (words.Skip(1).Contains(name, StringComparer.OrdinalIgnoreCase)
                && InternetAddress.TryParse(words[0], out var address) && !found.Contains(address))
                found.Add(address);
        }
        return [.. found];
    }
}
