using Heliograph.Testing.Nginx;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Web.Tests;

/// <summary>The decoy and the nginx that we compare with, each serving the same directory.</summary>
public sealed class NginxBesideDecoy : IAsyncLifetime
{
    private string root = "";
    private NginxProcess? nginx;
    private DecoySite? decoy;

    internal Dial DecoyHttp1 => DialTo.Server(decoy!.ServeHttp1);

    internal Dial DecoyHttp2 => DialTo.Server(decoy!.ServeHttp2);

    internal Dial DecoyPlainHttp => DialTo.Server(decoy!.ServePlainHttp);

    internal Dial DecoyHttp1Unavailable => DialTo.Server(decoy!.ServeHttp1Unavailable);

    internal Dial DecoyHttp2Unavailable => DialTo.Server(decoy!.ServeHttp2Unavailable);

    internal Dial NginxHttp1 => DialTo.Path(nginx!.Prefix + "/h1.sock");

    internal Dial NginxHttp2 => DialTo.Path(nginx!.Prefix + "/h2.sock");

    /// <summary>The TLS port, for clients that speak plain HTTP to it.</summary>
    internal Dial NginxTls => DialTo.Path(nginx!.Prefix + "/tls.sock");

    /// <summary>An nginx whose upstream is down.</summary>
    internal Dial NginxUnavailable => DialTo.Path(nginx!.Prefix + "/down.sock");

    internal Dial NginxUnavailable2 => DialTo.Path(nginx!.Prefix + "/down2.sock");

    public async ValueTask InitializeAsync()
    {
        var prefix = NginxProcess.CreatePrefix();
        root = Path.Combine(prefix, "site");
        WriteSite(root);
        await ThrowAwayCertificate.WriteAsync(prefix);
        nginx = await NginxProcess.StartAsync(
            prefix,
            $$"""
            include {{ComparedNginx.MimeTypes}};
            default_type application/octet-stream;
            {{ComparedNginx.ServerTokens}}
            sendfile on;
            tcp_nopush on;
            gzip on;
            server { listen unix:PREFIX/h1.sock; root {{root}}; index index.html; }
            server { listen unix:PREFIX/h2.sock http2; root {{root}}; index index.html; }
            server {
                listen unix:PREFIX/tls.sock ssl;
                ssl_certificate PREFIX/chain.pem;
                ssl_certificate_key PREFIX/key.pem;
                root {{root}};
            }
            server { listen unix:PREFIX/down.sock; location / { proxy_pass http://unix:PREFIX/nobody.sock; } }
            server { listen unix:PREFIX/down2.sock http2; location / { proxy_pass http://unix:PREFIX/nobody.sock; } }
            """,
            top: "",
            awaited: ["PREFIX/h1.sock", "PREFIX/h2.sock", "PREFIX/tls.sock", "PREFIX/down.sock", "PREFIX/down2.sock"]);
        var options = new DecoyOptions
        {
            Seed = new(new byte[DecoySeed.RandomLength], new(2026, 9, 1)),
            Directory = root,
            Like = ComparedProfile.Get(),
        };
        decoy = await DecoySite.StartAsync(options, TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (decoy is not null)
            await decoy.DisposeAsync();
        if (nginx is not null)
            await nginx.DisposeAsync();
    }

    private static void WriteSite(string root)
    {
        var modified = new DateTime(2025, 3, 9, 7, 30, 15, DateTimeKind.Utc);
        Write("index.html", "<!doctype html><title>Home</title>\n<p>Welcome.\n");
        Write("about.html", string.Concat(Enumerable.Repeat("<p>All about us.</p>\n", 40)));
        Write("style.css", "body { margin: 0 }\n");
        Write("notes.txt", "0123456789abcdefghijklmnopqrstuvwxyz");
        Write("photo.JPG", "not really a picture");
        Write("archive.tar.gz", "no archive");
        Write("no-extension", "plain");
        Write("empty.txt", "");
        Write("with space.txt", "a space");
        Write("caf\u00e9.txt", "an accent");
        Write("per%cent.txt", "a percent sign");
        Write("big.bin", new string('x', 300_000));
        Write("medium.bin", new string('y', 100_000));
        Write("short.html", "<p>19 bytes of it.\n");
        Write("twenty.html", "<p>20 bytes, not 19\n");
        Write("page.html", string.Concat(Enumerable.Range(0, 900).Select(i => $"<p>The {i}th paragraph of a page.</p>\n")));
        Write("long.html", string.Concat(Enumerable.Range(0, 9000).Select(i => $"<p>The {i}th paragraph of a long page.</p>\n")));
        var random = new Random(1);
        Write("noise.html", string.Concat(Enumerable.Range(0, 30_000).Select(_ => random.Next().ToString("x8"))));
        foreach (var name in new[] { "sheet.xsl", "sheet.xslt", "film.ogv", "film.mkv", "film.OGV" })
            Write(name, "of a type that newer systems know");
        Write("docs/index.html", "<p>Documents\n");
        Write("docs/one.html", "<p>One\n");
        Write("with space/index.html", "<p>Space\n");
        Write("bare/file.txt", "in a directory without an index");
        Write("index-is-directory/index.html/file.txt", "odd");
        File.CreateSymbolicLink(Path.Combine(root, "inside.txt"), "notes.txt");
        File.WriteAllText(Path.Combine(root, "..", "secret.txt"), "never to be served");
        File.CreateSymbolicLink(Path.Combine(root, "outside.txt"), Path.Combine(root, "..", "secret.txt"));
        File.CreateSymbolicLink(Path.Combine(root, "outside"), Path.Combine(root, ".."));
        File.CreateSymbolicLink(Path.Combine(root, "loop.txt"), "loop.txt");

        void Write(string name, string text)
        {
            var path = Path.Combine(root, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            File.SetLastWriteTimeUtc(path, modified);
        }
    }
}
