using Heliograph.Testing;
using Heliograph.Testing.Nginx;

namespace Heliograph.Peers.Tests.Servers;

/// <summary>The web site that both servers show.</summary>
internal static class Site
{
    private static readonly DateTime Modified = new(2025, 3, 9, 7, 30, 15, DateTimeKind.Utc);

    /// <returns>Its directory.</returns>
    public static string WriteTo(TempDirectory directory)
    {
        var root = Directory.CreateDirectory(directory["site"]).FullName;
        Write("index.html", "<!doctype html><title>Home</title>\n<p>Welcome.\n");
        Write("notes.txt", "0123456789abcdefghijklmnopqrstuvwxyz");
        Write("large.bin", new string('y', 100_000));
        Write("forty.bin", new string('z', 40_000));
        Write("page.html", string.Concat(Enumerable.Range(0, 3000).Select(static number => $"<p>The paragraph {number * number}.</p>\n")));
        return root;

        void Write(string name, string text)
        {
            var path = Path.Combine(root, name);
            File.WriteAllText(path, text);
            File.SetLastWriteTimeUtc(path, Modified);
        }
    }

    /// <summary>How a Debian nginx serves it, apart from what certbot adds.</summary>
    public static string NginxDirectives(string root) => $"""
        include {ComparedNginx.MimeTypes};
        default_type application/octet-stream;
        {ComparedNginx.ServerTokens}
        sendfile on;
        tcp_nopush on;
        gzip on;
        root {root};
        index index.html;
        """;
}
