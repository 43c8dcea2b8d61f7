using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Sharing;

/// <summary><c>heliograph link --page</c>, in a real browser.</summary>
public sealed class PageTests : IDisposable
{
    private const string Link = "https://signal.tube/#proxy.example.org";

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("en", 360, 1)]
    [InlineData("fa", 360, 0)]
    [InlineData("my", 1000, 0)]
    [InlineData("zh", 1000, 1)]
    public async Task A_phone_reads_the_code_on_it(string language, int width, int scheme)
    {
        await WritePageAsync(language);
        var picture = directory["page.png"];

        await BrowseAsync(Frame(width), $"--screenshot={picture}", $"--blink-settings=preferredColorScheme={scheme}");

        var (code, output, errors) = await ChildProcess.RunAsync("zbarimg", ["--quiet", "--raw", "--nodbus", picture], BuiltProgram.Limit);
        Assert.True(code == 0, $"zbarimg found no code: {errors}");
        Assert.Equal(Link, output.TrimEnd('\n'));
    }

    [Theory]
    [InlineData("en", "ltr")]
    [InlineData("ar", "rtl")]
    [InlineData("my", "ltr")]
    public async Task Nothing_is_wider_than_a_small_phone(string language, string direction)
    {
        await WritePageAsync(language);

        var seen = await BrowseAsync(Frame(360), "--dump-dom");

        Assert.Contains($"<p>360 {direction}</p>", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_cannot_be_written_is_reported_in_one_line()
    {
        var file = directory["none/page.html"];
        Assert.Equal(
            (1, "", $"heliograph: {file} cannot be written (there is no such file); name another file with --page FILE.html\n"),
            await BuiltProgram.RunAsync("link", "proxy.example.org", "--page", file));
    }

    private async Task WritePageAsync(string language)
    {
        var run = await BuiltProgram.RunAsync("link", "proxy.example.org", "--page", directory["page.html"], "--language", language);
        Assert.Equal((0, Link + "\n", ""), run);
    }

    /// <summary>The page in a frame, because no window is as narrow as a phone; it says how wide the page turned out.</summary>
    private string Frame(int width) => directory.Write("frame.html", $$"""
        <body style="margin:0"><iframe src="page.html" width={{width}} height=1200 style="border:0"></iframe>
        <script>
        const frame = document.querySelector('iframe')
        frame.onload = () => {
          const page = frame.contentDocument, said = document.createElement('p')
          said.textContent = page.documentElement.scrollWidth + ' ' + getComputedStyle(page.body).direction
          document.body.append(said)
        }
        </script>
        """);

    private async Task<string> BrowseAsync(string page, params string[] more)
    {
        var (output, _) = await Browser.OpenAsync(directory, "file://" + page, ["--window-size=1100,1300", .. more]);
        return output;
    }
}
