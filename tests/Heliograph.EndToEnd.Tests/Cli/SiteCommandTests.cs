using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Cli;

/// <summary><c>heliograph site</c>, the built program: from no site to one that a browser shows.</summary>
public sealed class SiteCommandTests : IDisposable
{
    private readonly TempDirectory directory = new();

    private string Folder => directory["site"];

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_folder_becomes_a_site_and_only_what_changed_is_written_again()
    {
        await NewAsync();
        Assert.Equal((0, $"{Folder}/html: 5 files, 5 changed\n"), await BuildAsync());
        var home = await File.ReadAllTextAsync(directory["site/html/index.html"], TestContext.Current.CancellationToken);
        Assert.Contains("Bees on Mill Lane", home, StringComparison.Ordinal);
        directory.Write("site/about.md", "# About\n\nTwo hives.\n");
        Assert.Equal((0, $"{Folder}/html: 5 files, 1 changed\n"), await BuildAsync());
    }

    [Fact]
    public async Task What_often_says_who_made_it_is_named_and_the_exit_code_is_3()
    {
        await NewAsync();
        directory.Write("site/plan.pdf", "%PDF");
        var (code, output) = await BuildAsync();
        Assert.Equal(3, code);
        Assert.StartsWith("! plan.pdf is copied as it is;", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_empty_stays_as_it_is()
    {
        Directory.CreateDirectory(Folder);
        directory.Write("site/mine.txt", "");
        var (code, _, errors) = await BuiltProgram.RunAsync("site", "new", Folder, "--title", "Bees");
        Assert.Equal((1, $"heliograph: {Folder} is not empty; name a folder that does not exist yet\n"), (code, errors));
        Assert.Equal(["mine.txt"], Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_folder_without_a_site_is_an_error_that_says_how_to_make_one()
    {
        var (code, output, errors) = await BuiltProgram.RunAsync("site", "build", Folder);
        Assert.Equal(
            (1, "", $"heliograph: {Folder} does not exist; \"heliograph site new {Folder}\" makes it\n"), (code, output, errors));
    }

    [Fact]
    public async Task The_preview_shows_the_texts_as_they_are_at_each_request()
    {
        await NewAsync();
        await using var preview = ChildProcess.Start(HeliographProcess.Program, ["site", "preview", Folder], directory.Path);
        var address = new Uri(
            await preview.WaitForLineAsync(static line => line.StartsWith("http://", StringComparison.Ordinal), BuiltProgram.Limit));
        using var client = new HttpClient();
        Assert.Equal("127.0.0.1", address.Host);
        Assert.Contains("Write here what your site is about", await Get("/"), StringComparison.Ordinal);
        directory.Write("site/index.md", "# Welcome\n\nA swarm in May.\n");
        Assert.Contains("A swarm in May.", await Get("/"), StringComparison.Ordinal);
        directory.Write("site/site.txt", "title\n");
        Assert.Contains("site.txt, line 1", await Get("/index.html"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(directory["site/html"]));

        Task<string> Get(string path) => client.GetStringAsync(new Uri(address, path), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("70000")]
    [InlineData("-1")]
    public async Task A_preview_at_no_port_is_refused(string port)
    {
        var (code, _, errors) = await BuiltProgram.RunAsync("site", "preview", Folder, "--port", port);
        Assert.Equal(2, code);
        Assert.Contains("--port: not a port; allowed: 1 to 65535, or 0 for a free one", errors, StringComparison.Ordinal);
    }

    private async Task NewAsync()
    {
        var (code, output, errors) = await BuiltProgram.RunAsync("site", "new", Folder, "--title", "Bees on Mill Lane", "--language", "en");
        Assert.Equal(
            (0, $"Wrote {Folder}; README.txt there says how to go on. Then: heliograph site preview {Folder}\n", ""),
            (code, output, errors));
    }

    private async Task<(int ExitCode, string Output)> BuildAsync()
    {
        var (code, output, errors) = await BuiltProgram.RunAsync("site", "build", Folder);
        Assert.Equal("", errors);
        return (code, output);
    }
}
