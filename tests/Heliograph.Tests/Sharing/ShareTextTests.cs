using System.Text;
using Heliograph.Sharing;
using Heliograph.Testing;

namespace Heliograph.Tests.Sharing;

/// <summary>The texts in each language: as reviewed, and written as its readers write.</summary>
public sealed class ShareTextTests
{
    private const string GoldenFiles = "tests/Heliograph.Tests/Sharing/Golden/";

    private static readonly ShareLink Link = new("proxy.example.org");

    public static TheoryData<string> Languages => [.. ShareLanguages.Codes];

    [Theory]
    [MemberData(nameof(Languages))]
    public void The_message_is_as_reviewed(string code) =>
        Golden.Check($"{GoldenFiles}message-{code}.txt", ShareMessage.Write(Link, Link.Url, Texts(code)) + "\n");

    [Theory]
    [InlineData("en")]
    [InlineData("fa")]
    public void The_page_is_as_reviewed(string code) =>
        Golden.Check($"{GoldenFiles}page-{code}.html", SharePage.Write(Link, Link.Url, Texts(code)));

    [Theory]
    [InlineData("fa")]
    [InlineData("ru")]
    public void What_the_command_says_is_as_reviewed(string code) => Golden.Check($"{GoldenFiles}link-{code}.txt", Said(Texts(code).Link));

    [Theory]
    [MemberData(nameof(Languages))]
    public void The_message_has_the_link_and_the_address_on_lines_of_their_own(string code)
    {
        var lines = ShareMessage.Write(Link, Link.Url, Texts(code)).Split('\n');
        Assert.Single(lines, Link.Url);
        Assert.Single(lines, Link.Address);
    }

    /// <summary>Messengers take a line's direction from its first letter (Unicode Standard Annex 9, rule P2).</summary>
    [Theory]
    [InlineData("ar")]
    [InlineData("fa")]
    public void Each_line_from_right_to_left_begins_with_a_letter_that_goes_there(string code)
    {
        var texts = Texts(code);
        Assert.True(texts.IsRightToLeft);
        Assert.All(
            All(texts), static text => Assert.InRange(text.EnumerateRunes().First(Rune.IsLetter).Value, 0x0600, 0x06ff));
    }

    /// <summary>Without the mark, the dashes jump to the other side of the option: "png FILE--".</summary>
    [Theory]
    [InlineData("ar")]
    [InlineData("fa")]
    public void An_option_between_words_from_right_to_left_has_a_mark_before_its_dashes(string code) =>
        Assert.All(All(Texts(code)), static text => Assert.DoesNotMatch("(^|[^\u200e-])--", text));

    [Fact]
    public void Persian_has_its_own_letters_and_half_spaces()
    {
        // Arabic's kaf and yeh look almost the same, and no search finds the word.
        Assert.All(All(Texts("fa")), static text => Assert.DoesNotContain(text, static letter => letter is 'ك' or 'ي' or 'ى'));
        Assert.All(All(Texts("fa")), static text => Assert.DoesNotMatch("( ها[ ی])|( می )|( نمی )", text));
    }

    /// <summary>In Zawgyi, the vowel sign E stands before its consonant, as it is drawn; in Unicode, after it.</summary>
    [Fact]
    public void Burmese_is_Unicode() =>
        Assert.All(All(Texts("my")), static text => Assert.DoesNotMatch("(^|[^\u1000-\u102a\u103b-\u103f])\u1031", text));

    [Fact]
    public void Chinese_is_simplified() =>
        Assert.All(All(Texts("zh")), static text => Assert.DoesNotContain(text, static sign => "這個請設鏈網頁機號碼發佈".Contains(sign)));

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_text_is_in_the_normal_form_and_has_no_invisible_sign_that_its_writing_does_not_need(string code) =>
        Assert.All(
            All(Texts(code)),
            static text =>
            {
                Assert.True(text.IsNormalized(), text);
                Assert.DoesNotContain(
                    text.Replace("\u200e--", "--", StringComparison.Ordinal),
                    static sign => char.GetUnicodeCategory(sign) == System.Globalization.UnicodeCategory.Format && sign != '\u200c');
                Assert.Equal(text.Trim(), text);
            });

    [Theory]
    [InlineData("fa", "fa")]
    [InlineData("fa_IR.UTF-8", "fa")]
    [InlineData("zh_TW.UTF-8", "zh")]
    [InlineData("zh-CN", "zh")]
    [InlineData("RU", "ru")]
    [InlineData("es@euro", "es")]
    [InlineData("C.UTF-8", null)]
    [InlineData("POSIX", null)]
    [InlineData("de_DE.UTF-8", null)]
    [InlineData("fas", null)]
    [InlineData("", null)]
    public void A_locale_names_its_language(string locale, string? code) => Assert.Equal(code, ShareLanguages.Find(locale)?.Code);

    [Theory]
    [InlineData("en", null, null, null)]
    [InlineData("fa", null, null, "fa_IR.UTF-8")]
    [InlineData("ru", null, "ru_RU.UTF-8", "fa_IR.UTF-8")]
    [InlineData("en", "C", "ru_RU.UTF-8", "fa_IR.UTF-8")]
    [InlineData("fa", "", "", "fa_IR.UTF-8")]
    [InlineData("en", null, null, "de_DE.UTF-8")]
    public void The_environment_names_the_language_in_the_order_of_POSIX(string code, string? all, string? messages, string? lang) =>
        Assert.Equal(
            code,
            ShareLanguages.FromEnvironment(name => name switch
            {
                "LC_ALL" => all,
                "LC_MESSAGES" => messages,
                "LANG" => lang,
                _ => null,
            }).Code);

    [Fact]
    public void A_page_cannot_be_broken_by_the_address()
    {
        var page = SharePage.Write(new("<b>&\""), "https://signal.tube/#<b>&\"", Texts("en"));
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_asks_for_nothing_from_elsewhere()
    {
        var page = SharePage.Write(Link, Link.Url, Texts("en"));
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("src=|@import|url\\(|<script|<link", page);
    }

    private static ShareTexts Texts(string code) => ShareLanguages.Find(code)!;

    private static IEnumerable<string> All(ShareTexts texts) =>
    [
        texts.Title, texts.Purpose, texts.Tap, texts.Scan, texts.ByHand, texts.Android, texts.Phone, texts.Works, texts.Limits,
        texts.DeleteMessage, texts.DestroyPage,
        // English where there is no translation.
        .. texts.Code == "en" || texts.Link != LinkTexts.English ? All(texts.Link) : [],
    ];

    private static IEnumerable<string> All(LinkTexts texts) =>
    [
        texts.Warning, texts.AnyName("https://signal.tube/#NAME.example.net"), texts.OtherPort(8443), texts.IPv6, texts.IPv4, texts.NoDot,
        texts.SelfSigned, texts.ForwardPort, texts.TooNarrow,
    ];

    private static string Said(LinkTexts texts) => string.Concat(All(texts).Select(static text => text + "\n"));
}
