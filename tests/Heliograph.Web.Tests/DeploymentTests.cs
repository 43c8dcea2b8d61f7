using System.Runtime.InteropServices;
using Heliograph.Testing.Nginx;
using Heliograph.Web.Tests.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Heliograph.Web.Tests;

/// <summary>A site's directory is switched while it is served, beside Debian's nginx with the same root.</summary>
[Trait("Needs", "server")]
public sealed partial class DeploymentTests : IAsyncLifetime
{
    private static readonly string[] Paths = ["/", "/index.html", "/docs/", "/docs/one.html", "/docs", "/only-old.html", "/only-new.html"];

    private readonly string prefix = NginxProcess.CreatePrefix();
    private NginxProcess? nginx;
    private DecoySite? decoy;

    /// <summary>A link to a directory in which <c>site</c> is a link to the release.</summary>
    private string Current => Path.Combine(prefix, "current");

    private string Root => Path.Combine(Current, "site");

    public async ValueTask InitializeAsync()
    {
        WriteRelease("old");
        WriteRelease("new");
        File.WriteAllText(Path.Combine(prefix, "secret.txt"), "never to be served");
        foreach (var name in new[] { "a", "b" })
            Directory.CreateDirectory(Path.Combine(prefix, name));
        File.CreateSymbolicLink(Path.Combine(prefix, "a", "site"), "../old");
        File.CreateSymbolicLink(Path.Combine(prefix, "b", "site"), "../new");
        File.CreateSymbolicLink(Current, "a");
        nginx = await NginxProcess.StartAsync(
            prefix,
            $$"""
            include {{ComparedNginx.MimeTypes}};
            {{ComparedNginx.ServerTokens}}
            server { listen unix:PREFIX/h1.sock; root {{Root}}; }
            server { listen unix:PREFIX/strict.sock; root {{Root}}; disable_symlinks on from=$document_root; }
            """,
            top: "",
            awaited: ["PREFIX/h1.sock", "PREFIX/strict.sock"]);
        decoy = await DecoySite.StartAsync(
            new DecoyOptions
            {
                Seed = new(new byte[DecoySeed.RandomLength], new(2026, 9, 1)),
                Directory = Root,
                Like = ComparedProfile.Get(),
            },
            TimeProvider.System,
            NullLogger.Instance,
            TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (decoy is not null)
            await decoy.DisposeAsync();
        if (nginx is not null)
            await nginx.DisposeAsync();
    }

    [Fact]
    public async Task A_link_that_is_renamed_over_the_old_one_serves_the_new_tree_at_once()
    {
        await IsServedAsync("old");
        SwitchTo("new");
        await IsServedAsync("new");
        Directory.Delete(Path.Combine(prefix, "old"), recursive: true);
        await IsServedAsync("new");
    }

    [Fact]
    public async Task A_link_that_is_deleted_and_created_again_serves_the_new_tree_at_once()
    {
        await IsServedAsync("old");
        File.Delete(Root);
        await IsServedAsync(null);
        File.CreateSymbolicLink(Root, "../new");
        await IsServedAsync("new");
    }

    [Fact]
    public async Task A_link_in_the_middle_of_the_path_serves_the_new_tree_at_once()
    {
        await IsServedAsync("old");
        var next = Current + ".next";
        File.CreateSymbolicLink(next, "b");
        Assert.Equal(0, Rename(next, Current));
        await IsServedAsync("new");
    }

    [Fact]
    public async Task A_directory_that_is_renamed_away_and_replaced_serves_the_new_tree_at_once()
    {
        await IsServedAsync("old");
        Directory.Move(Path.Combine(prefix, "old"), Path.Combine(prefix, "older"));
        await IsServedAsync(null);
        Directory.Move(Path.Combine(prefix, "new"), Path.Combine(prefix, "old"));
        await IsServedAsync("new");
    }

    [Fact]
    public async Task A_directory_that_is_deleted_and_created_again_is_served_again()
    {
        await IsServedAsync("old");
        Directory.Delete(Path.Combine(prefix, "old"), recursive: true);
        await IsServedAsync(null);
        WriteRelease("old");
        await IsServedAsync("old");
    }

    [Fact]
    public async Task A_file_in_place_of_the_directory_is_answered_as_nginx_does()
    {
        Directory.Delete(Path.Combine(prefix, "old"), recursive: true);
        await File.WriteAllTextAsync(Path.Combine(prefix, "old"), "no directory", TestContext.Current.CancellationToken);
        await IsServedAsync(null);
    }

    [Fact]
    public async Task While_the_link_is_switched_every_request_gets_one_of_the_trees()
    {
        using var enough = new CancellationTokenSource();
        var switching = Task.Run(
            () =>
            {
                for (var i = 0; !enough.IsCancellationRequested; i++)
                    SwitchTo(i % 2 == 0 ? "new" : "old");
            },
            TestContext.Current.CancellationToken);
        for (var i = 0; i < 2000; i++)
            Assert.StartsWith("HTTP/1.1 200 OK", await GetAsync(DialTo.Server(decoy!.ServeHttp1), "/index.html"), StringComparison.Ordinal);
        await enough.CancelAsync();
        await switching;
    }

    /// <remarks>nginx's own guard, which looks at every link below the root, is not on by default; here it always is.</remarks>
    [Fact]
    public async Task Links_that_leave_the_new_tree_are_refused_as_by_an_nginx_that_refuses_them()
    {
        await IsServedAsync("old");
        File.CreateSymbolicLink(Path.Combine(prefix, "new", "secret.txt"), "../secret.txt");
        File.CreateSymbolicLink(Path.Combine(prefix, "new", "up"), "..");
        // Into the tree that was served before: it is outside now.
        File.CreateSymbolicLink(Path.Combine(prefix, "new", "before"), "../old");
        SwitchTo("new");
        foreach (var path in new[] { "/secret.txt", "/../secret.txt", "/docs/%2e%2e/%2e%2e/secret.txt" })
        {
            var expected = await GetAsync(DialTo.Path(nginx!.Prefix + "/strict.sock"), path);
            Assert.Contains(expected.Split(' ')[1], new[] { "403", "400" });
            Assert.Equal(expected, await GetAsync(DialTo.Server(decoy!.ServeHttp1), path));
        }
        // nginx answers 404 where a link leads on to something.
        foreach (var path in new[] { "/up/secret.txt", "/before/index.html" })
        {
            Assert.Contains("404", await GetAsync(DialTo.Path(nginx!.Prefix + "/strict.sock"), path), StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 403", await GetAsync(DialTo.Server(decoy!.ServeHttp1), path), StringComparison.Ordinal);
        }
        await IsServedAsync("new");
    }

    [Fact]
    public async Task A_tree_within_the_one_that_was_served_before_does_not_open_it()
    {
        Directory.Move(Path.Combine(prefix, "new"), Path.Combine(prefix, "old", "inner"));
        File.CreateSymbolicLink(Path.Combine(prefix, "old", "inner", "outer.html"), "../only-old.html");
        SwitchTo("old/inner");
        await IsServedAsync("new");
        Assert.StartsWith(
            "HTTP/1.1 403 Forbidden", await GetAsync(DialTo.Server(decoy!.ServeHttp1), "/outer.html"), StringComparison.Ordinal);
    }

    /// <summary>Both servers answer alike, from this release; null: there is none.</summary>
    private async Task IsServedAsync(string? release)
    {
        foreach (var path in Paths)
        {
            var expected = await GetAsync(DialTo.Path(nginx!.Prefix + "/h1.sock"), path);
            Assert.Equal(
                expected.Replace("Location: http://", "Location: https://", StringComparison.Ordinal),
                await GetAsync(DialTo.Server(decoy!.ServeHttp1), path));
            if (path is "/" or "/docs/one.html")
                Assert.EndsWith(release is null ? "</html>\r\n" : $"<p>{release}\n", expected, StringComparison.Ordinal);
        }
    }

    private void SwitchTo(string release)
    {
        var next = Root + ".next";
        File.CreateSymbolicLink(next, "../" + release);
        Assert.Equal(0, Rename(next, Root));
    }

    private void WriteRelease(string name)
    {
        foreach (var file in new[] { "index.html", "docs/index.html", "docs/one.html", $"only-{name}.html" })
        {
            var path = Path.Combine(prefix, name, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, $"<p>{name}\n");
        }
    }

    private static async Task<string> GetAsync(Dial dial, string path) =>
        RawHttp.Mask(
            await RawHttp.ExchangeAsync(
                dial, RawHttp.Bytes($"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), finishSending: false));

    // File.Move refuses a link to a directory.
    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
