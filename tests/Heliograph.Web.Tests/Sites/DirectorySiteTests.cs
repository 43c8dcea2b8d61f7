using System.Text;
using Heliograph.Web.Sites;

namespace Heliograph.Web.Tests.Sites;

/// <summary>On which thread a site from a directory is read; what it serves is compared with nginx.</summary>
public sealed class DirectorySiteTests : IDisposable
{
    // The build's own directory: /tmp may be a tmpfs, which does not tell what it has in memory.
    private readonly string directory =
        Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, Path.GetRandomFileName())).FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_page_that_the_kernel_has_in_memory_and_one_that_is_not_there_are_answered_at_once()
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "index.html"), "<p>Hello</p>", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(directory, "notes"));
        var site = new DirectorySite(directory);

        using var page = AtOnce(site.FindAsync("/index.html")).File;
        var buffer = new byte[100];
        var count = AtOnce(page!.ReadAsync(3, buffer, TestContext.Current.CancellationToken));
        Assert.Equal("Hello</p>", Encoding.ASCII.GetString(buffer, 0, count));
        Assert.Equal(0, await page.ReadAsync(page.Length, buffer, TestContext.Current.CancellationToken));

        Assert.Equal(SiteEntryKind.Directory, AtOnce(site.FindAsync("/notes")).Kind);
        Assert.Equal(SiteEntryKind.NotFound, AtOnce(site.FindAsync("/nothing.html")).Kind);
        Assert.Equal(SiteEntryKind.NotFound, AtOnce(site.FindAsync("/" + new string('a', 300))).Kind);
    }

    [Fact]
    public async Task A_file_of_a_file_system_that_is_mounted_in_the_directory_is_served()
    {
        var site = new DirectorySite("/");
        // It may be a network's, which is not waited for on an event loop.
        Assert.False(site.IsLocal);

        var found = await site.FindAsync("/proc/version");
        using var file = found.File;
        var buffer = new byte[5];
        Assert.Equal(5, await file!.ReadAsync(0, buffer, TestContext.Current.CancellationToken));
        Assert.Equal("Linux", Encoding.ASCII.GetString(buffer));
    }

    [Fact]
    public async Task A_file_behind_a_link_with_an_absolute_path_is_served_and_one_outside_is_not()
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "page.html"), "Hello", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(directory, "link.html"), Path.Combine(directory, "page.html"));
        File.CreateSymbolicLink(Path.Combine(directory, "out.html"), "/proc/version");
        File.CreateSymbolicLink(Path.Combine(directory, "beside.html"), "page.html");
        var site = new DirectorySite(directory);

        using var beside = AtOnce(site.FindAsync("/beside.html")).File;
        Assert.Equal(5, beside!.Length);

        var inside = await site.FindAsync("/link.html");
        inside.File!.Dispose();
        Assert.Equal(5, inside.File.Length);
        Assert.Equal(SiteEntryKind.Forbidden, (await site.FindAsync("/out.html")).Kind);
    }

    private static T AtOnce<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompletedSuccessfully);
        return task.Result;
    }
}
