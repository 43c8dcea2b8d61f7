using Heliograph.EndToEnd.Tests.Cli;
using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Sharing;

/// <summary><c>heliograph link --message</c> and <c>--language</c>.</summary>
public sealed class MessageTests
{
    private const string Link = "https://signal.tube/#proxy.example.org";
    private const string Available = "there is no text in this language; available: ar, en, es, fa, my, ru, zh";

    [Fact]
    public async Task A_message_explains_the_link_in_the_language_that_is_named()
    {
        var (code, output, errors) = await BuiltProgram.RunAsync("link", "proxy.example.org", "--message", "fa");
        Assert.Equal((0, ""), (code, errors));
        Golden.Check("tests/Heliograph.Tests/Sharing/Golden/message-fa.txt", output);
    }

    [Fact]
    public async Task Without_a_language_it_is_the_one_of_the_environment()
    {
        Assert.StartsWith("С этой ссылкой", await MessageAsync("ru_RU.UTF-8"), StringComparison.Ordinal);
        Assert.StartsWith("With this link", await MessageAsync("de_DE.UTF-8"), StringComparison.Ordinal);
        Assert.StartsWith("有了这个链接", await MessageAsync("ru_RU.UTF-8", "--language", "zh"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_in_it_may_open_the_app_without_the_web_site()
    {
        var (_, output, _) = await BuiltProgram.RunAsync("link", "proxy.example.org", "--message", "en", "--sgnl");
        Assert.Contains("\nsgnl://signal.tube/#proxy.example.org\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_speak_the_language_of_the_environment_and_the_link_stays_alone_on_its_line()
    {
        var (code, output, errors) = await InAsync("ru_RU.UTF-8", "link", "proxy.example.org:8443");
        Assert.Equal((0, "https://signal.tube/#proxy.example.org:8443\n"), (code, output));
        Assert.StartsWith("предупреждение: Signal для Android подключается к порту 443", errors, StringComparison.Ordinal);
        (code, _, errors) = await InAsync("fa_IR.UTF-8", "link", "localhost");
        Assert.Equal((0, "هشدار: سیگنال آیفون نامی را که نقطه ندارد نمی‌پذیرد.\n"), (code, errors));
        (code, _, errors) = await InAsync("fa_IR.UTF-8", "link", "localhost", "--language", "en");
        Assert.Equal((0, "warning: Signal for iOS accepts no name without a dot.\n"), (code, errors));
    }

    [Theory]
    [InlineData("--message", "de", "")]
    [InlineData("--language", "deutsch", "")]
    [InlineData("--message", "proxy.example.org", "; the host comes before --message")]
    public async Task A_language_without_texts_is_an_error(string flag, string word, string more)
    {
        var (code, output, errors) = await BuiltProgram.RunAsync("link", flag, word);
        Assert.Equal((2, ""), (code, output));
        Assert.Equal($"heliograph: {flag} \"{word}\": {Available}{more}\nTry: heliograph link --help\n", errors);
    }

    [Theory]
    [InlineData("--message", "--message")]
    [InlineData("--page=/none.html", "--page FILE.html")]
    public async Task It_explains_one_link(string flag, string named)
    {
        using var directory = new TempDirectory();
        var config = directory.Write("heliograph.yaml", "domains: [proxy.example.org, other.example.org]\n");
        Assert.Equal(
            (2, "", $"heliograph: {named} explains only one link: name the host (heliograph link proxy.example.org {named})\n"),
            await BuiltProgram.RunAsync("link", "--config", config, flag));
    }

    private static async Task<string> MessageAsync(string locale, params string[] more)
    {
        var (code, output, errors) = await InAsync(locale, ["link", "proxy.example.org", .. more, "--message"]);
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains($"\n{Link}\n", output, StringComparison.Ordinal);
        return output;
    }

    private static Task<(int ExitCode, string Output, string Errors)> InAsync(string locale, params string[] arguments) =>
        BuiltProgram.RunAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["LC_ALL"] = null, ["LC_MESSAGES"] = null, ["LANG"] = locale },
            arguments);
}
