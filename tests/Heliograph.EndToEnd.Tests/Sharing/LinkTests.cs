using System.Text;
using System.Text.RegularExpressions;
using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Sharing;

/// <summary><c>heliograph link</c>: the text, the QR code as a camera reads it (zbarimg), and the warnings.</summary>
public sealed partial class LinkTests : IDisposable
{
    private const string Link = "https://signal.tube/#proxy.example.org";

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("proxy.example.org", Link)]
    [InlineData("Proxy.Example.org", Link)]
    [InlineData("proxy.example.org:443", Link)]
    [InlineData("https://signal.tube/#proxy.example.org", Link)]
    public async Task A_link_is_one_line_for_another_program(string host, string expected) =>
        Assert.Equal((0, expected + "\n", ""), await BuiltProgram.RunAsync("link", host));

    [Fact]
    public async Task It_may_open_the_app_without_the_web_site() =>
        Assert.Equal(
            (0, "sgnl://signal.tube/#proxy.example.org\n", ""),
            await BuiltProgram.RunAsync("link", "proxy.example.org", "--sgnl"));

    [Theory]
    [InlineData(
        "proxy.example.org:8443",
        "https://signal.tube/#proxy.example.org:8443",
        "Signal for Android connects to port 443 whatever the link says: forward 443 to port 8443, or the link works on iOS only."
    )]
    [InlineData(
        "198.51.100.7",
        "https://signal.tube/#198.51.100.7",
        "Signal for iOS has been seen to reject an IP address, and the certificate must include it: a name is safer."
    )]
    [InlineData(
        "2001:db8::1",
        "https://signal.tube/#[2001:db8::1]",
        "No Signal app accepts an IPv6 address in a link: use a name, or an IPv4 address."
    )]
    [InlineData("localhost", "https://signal.tube/#localhost", "Signal for iOS accepts no name without a dot.")]
    public async Task A_warning_says_so_if_an_app_could_not_use_it(string host, string expected, string warning) =>
        Assert.Equal((0, expected + "\n", $"warning: {warning}\n"), await BuiltProgram.RunAsync("link", host));

    [Theory]
    [InlineData("*.example.org", "a wildcard; replace the * with a name")]
    [InlineData("a b", "not a host name")]
    [InlineData("https://example.org/", "a web address; write the host's name only")]
    public async Task An_invalid_host_is_an_error(string host, string problem)
    {
        var (code, output, errors) = await BuiltProgram.RunAsync("link", host);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith($"heliograph: \"{host}\": {problem}; allowed: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_host_the_configuration_names_them()
    {
        var config = directory.Write("heliograph.yaml", """
            domains: [proxy.example.org, "*.example.net"]
            acme: { challenges: [dns-01], dns: { hook: /bin/true } }
            """
        );
        Assert.Equal(
            (0, $"{Link}\nhttps://signal.tube/#NAME.example.net, with any NAME\n", ""),
            await BuiltProgram.RunAsync("link", "--config", config));
        var (code, _, errors) = await BuiltProgram.RunAsync("link", "--config", config, "--png", directory["a.png"]);
        Assert.Equal(
            (2, "heliograph: --png writes only one link: name the host (heliograph link proxy.example.org --png FILE)\n"), (code, errors));
    }

    [Fact]
    public async Task A_configuration_that_no_app_could_use_gets_a_warning()
    {
        var config = directory.Write("heliograph.yaml", """
            domains: [proxy.example.org]
            listen: ["[::]:8443"]
            certificate: { source: self-signed }
            """);
        var (code, output, errors) = await BuiltProgram.RunAsync("link", "--config", config);
        Assert.Equal((0, Link + "\n"), (code, output));
        Assert.Equal(
            "warning: certificate.source is self-signed, and no Signal app accepts such a certificate.\nwarning: Signal's clients " +
            "connect to port 443: forward it here.\n",
            errors);
    }

    [Fact]
    public async Task Without_host_and_configuration_it_says_what_to_give()
    {
        var (code, output, errors) = await BuiltProgram.RunAsync("link", "--config", directory["none.yaml"]);
        Assert.Equal((2, ""), (code, output));
        Assert.EndsWith("Or name the host: heliograph link proxy.example.org\n", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_picture_contains_the_link()
    {
        Assert.Equal((0, Link + "\n", ""), await BuiltProgram.RunAsync("link", "proxy.example.org", "--png", directory["link.png"]));
        Assert.Equal(Link, await ReadCodeAsync(directory["link.png"]));
    }

    [Fact]
    public async Task A_picture_that_cannot_be_written_is_reported_in_one_line()
    {
        var (code, _, errors) = await BuiltProgram.RunAsync("link", "proxy.example.org", "--png", directory["none/link.png"]);
        Assert.Equal(
            (1, $"heliograph: {directory["none/link.png"]} cannot be written (there is no such file); name another file with --png FILE\n"),
            (code, errors));
    }

    [Theory]
    [InlineData("proxy.example.org")]
    [InlineData("a-rather-long-name-for-a-proxy.some-subdomain.example.org")]
    public async Task On_a_terminal_the_code_fits_and_contains_the_link(string host)
    {
        var (code, screen) = await PseudoTerminal.RunAsync("", "link", host);
        Assert.Equal(0, code);
        var lines = Colours().Replace(screen, "").TrimEnd('\n').Split('\n');
        Assert.Contains($"https://signal.tube/#{host}", lines[0], StringComparison.Ordinal);
        // One line is left for the prompt.
        Assert.InRange(lines.Length, 10, 23);
        Assert.All(lines, static line => Assert.InRange(line.Length, 1, 80));
        Assert.Equal($"https://signal.tube/#{host}", await ReadCodeAsync(Picture(lines[1..])));
    }

    [Fact]
    public async Task No_qr_shows_only_the_text_on_a_terminal()
    {
        var (code, screen) = await PseudoTerminal.RunAsync("", "link", "proxy.example.org", "--no-qr");
        Assert.Equal(0, code);
        Assert.Equal(Link, Colours().Replace(screen, "").TrimEnd('\n'));
    }

    /// <summary>The characters as a screen shows them: a portable grey map, eight pixels to a module.</summary>
    private string Picture(string[] lines)
    {
        const int scale = 8;
        var (width, height) = (lines[0].Length * scale, lines.Length * 2 * scale);
        var picture = new StringBuilder($"P2\n{width} {height}\n1\n");
        for (var y = 0; y < height; y++)
        {
            var (line, below) = (lines[y / scale / 2], y / scale % 2 == 1);
            for (var x = 0; x < width; x++)
                picture.Append(line[x / scale] == '█' || line[x / scale] == (below ? '▄' : '▀') ? "0 " : "1 ");
            picture.Append('\n');
        }
        return directory.Write("screen.pgm", picture.ToString());
    }

    private static async Task<string> ReadCodeAsync(string file)
    {
        var (code, output, errors) = await ChildProcess.RunAsync("zbarimg", ["--quiet", "--raw", "--nodbus", file], BuiltProgram.Limit);
        Assert.True(code == 0, $"zbarimg found no code: {errors}");
        return output.TrimEnd('\n');
    }

    [GeneratedRegex(@"\e\[[0-9;?]*[a-zA-Z=]|\e[=>]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Colours();
}
