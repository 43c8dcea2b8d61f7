using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Heliograph.Web.Http;
using Heliograph.Web.Sites.BuiltIn;
using Microsoft.Extensions.Logging;

namespace Heliograph.Web.Sites.Own;

/// <summary>What a folder became: how many files were written or taken away, and what to look at before it is published.</summary>
public sealed record SiteBuild(string Directory, int Changed, int Files, IReadOnlyList<string> Warnings);

/// <summary>
/// A folder with texts in Markdown and photographs, from which an operator has a site of plain HTML made. The server knows nothing of
/// it: it serves the folder <see cref="HtmlFolder"/> within it like any other directory.
/// </summary>
public static class SiteFolder
{
    /// <summary>Where the site is written.</summary>
    public const string HtmlFolder = "html";

    /// <summary>In characters.</summary>
    public const int LongestTitle = SiteSettings.LongestValue;

    /// <summary>The names of the files that the last build wrote: nothing else is ever replaced or taken away.</summary>
    private const string ListFile = ".built";

    /// <summary>Writes a folder to begin with.</summary>
    /// <param name="directory">It must not exist, or be empty.</param>
    /// <param name="title">The site's title.</param>
    /// <param name="about">What it is about; null for a text to replace.</param>
    /// <param name="language">As <see cref="DecoySite.Languages"/>.</param>
    /// <param name="timeProvider">Dates the first note.</param>
    /// <exception cref="SiteFolderException">It cannot be written.</exception>
    public static void Create(string directory, string title, string? about, string language, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        var full = Path.GetFullPath(directory);
        Guard(full, () =>
        {
            if (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any())
                throw new SiteFolderException($"{full} is not empty; name a folder that does not exist yet");
            foreach (var (path, text) in StarterFolder.Files(
                title, about, language, RandomNumberGenerator.GetInt32(int.MaxValue), timeProvider.GetUtcNow()))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(full, path))!);
                File.WriteAllText(Path.Combine(full, path), text);
            }
        });
    }

    /// <summary>Makes the site, and writes what has changed: a file whose content is the same keeps its time.</summary>
    /// <exception cref="SiteFolderException">Something in the folder cannot become a part of a site, or it cannot be written.</exception>
    public static SiteBuild Build(string directory)
    {
        var full = Path.GetFullPath(directory);
        var rendered = SiteRenderer.Render(full);
        var (html, list) = (Path.Combine(full, HtmlFolder), Path.Combine(full, ListFile));
        var changed = 0;
        Guard(full, () =>
        {
            var before = File.Exists(list) ? File.ReadAllLines(list).ToHashSet(StringComparer.Ordinal) : [];
            var stranger = rendered.Files.Select(static file => file.Path[1..])
                .FirstOrDefault(path => !before.Contains(path) && File.Exists(Path.Combine(html, path)));
            if (stranger is not null)
                throw new SiteFolderException(
                    $"{Path.Combine(html, stranger)} is not from \"heliograph site build\", and would be replaced; move it away");
            var after = rendered.Files.Select(static file => file.Path[1..]).ToHashSet(StringComparer.Ordinal);
            // Before the files: what a build that is interrupted has written is known to the next one.
            File.WriteAllLines(list, before.Union(after, StringComparer.Ordinal).Order(StringComparer.Ordinal));
            foreach (var file in rendered.Files)
                changed += Write(Path.Combine(html, file.Path[1..]), file) ? 1 : 0;
            foreach (var gone in before.Except(after, StringComparer.Ordinal).Where(path => File.Exists(Path.Combine(html, path))))
            {
                File.Delete(Path.Combine(html, gone));
                changed++;
            }
            File.WriteAllLines(list, after.Order(StringComparer.Ordinal));
        });
        return new(html, changed, rendered.Files.Count, rendered.Warnings);
    }

    /// <summary>Serves the site on a loopback address as it is at each request, without writing it.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="port">0 picks a free one.</param>
    /// <param name="logger">Logs faults.</param>
    /// <exception cref="SiteFolderException">The folder cannot become a site.</exception>
    /// <exception cref="WebServerException">The port is taken.</exception>
    public static async Task<SitePreview> PreviewAsync(string directory, int port, ILogger logger)
    {
        var full = Path.GetFullPath(directory);
        _ = SiteRenderer.Render(full);
        return new(await HttpServer.StartAsync(
            [new IPEndPoint(IPAddress.Loopback, port)], System.Collections.Frozen.FrozenDictionary<IPEndPoint, int>.Empty, "--port",
            new SiteResponder(new PreviewedSite(full), NginxProfile.OfThisMachine()), logger));
    }

    /// <summary>Runs what reads and writes files.</summary>
    internal static void Guard(string path, Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SiteFolderException($"{path}: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static bool Write(string path, MemoryFile file)
    {
        if (File.Exists(path) && new FileInfo(path).Length == file.Content.Length
            && File.ReadAllBytes(path).AsSpan().SequenceEqual(file.Content))
            return false;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Visitors see the old file or the new one, never a part.
        var temporary = $"{path}.{Environment.ProcessId}.new";
        File.WriteAllBytes(temporary, file.Content);
        File.Move(temporary, path, overwrite: true);
        return true;
    }
}

/// <summary>A preview that is being served.</summary>
public sealed class SitePreview : IAsyncDisposable
{
    private readonly HttpServer server;

    internal SitePreview(HttpServer server) => this.server = server;

    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://{server.Endpoints[0]}/");

    public ValueTask DisposeAsync() => server.DisposeAsync();
}

/// <summary>A folder's site as it is at the moment; what keeps it from being one is its page.</summary>
internal sealed class PreviewedSite(string directory) : Site
{
    internal override ValueTask<SiteEntry> FindAsync(string path)
    {
        try
        {
            return new MemorySite(SiteRenderer.Render(directory).Files).FindAsync(path);
        }
        catch (SiteFolderException exception)
        {
            var page = new MemoryFile(
                path, Encoding.UTF8.GetBytes($"<p>{HtmlText.Escape(exception.Message)}</p>\n"),
                DateTimeOffset.UnixEpoch);
            return path.EndsWith(".html", StringComparison.Ordinal)
                ? new MemorySite([page]).FindAsync(path) : new(new SiteEntry(SiteEntryKind.NotFound));
        }
    }
}
