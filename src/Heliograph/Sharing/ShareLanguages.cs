using Heliograph.Sharing.Languages;

namespace Heliograph.Sharing;

/// <summary>The languages that a link can be explained in.</summary>
internal static class ShareLanguages
{
    private static readonly string[] Variables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    public static IReadOnlyList<ShareTexts> All { get; } =
        [Arabic.Texts, English.Texts, Spanish.Texts, Persian.Texts, Burmese.Texts, Russian.Texts, Chinese.Texts];

    public static IEnumerable<string> Codes => All.Select(static texts => texts.Code);

    /// <param name="language">A language, or a locale: <c>fa</c>, <c>fa_IR.UTF-8</c>, <c>zh-CN</c>.</param>
    public static ShareTexts? Find(string language)
    {
        var code = language.Split('_', '-', '.', '@')[0];
        return All.FirstOrDefault(texts => texts.Code.Equals(code, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The language of messages in this environment, in POSIX's order (The Open Group Base Specifications, 8.2).</summary>
    public static ShareTexts FromEnvironment(Func<string, string?> read) =>
        Variables.Select(read).FirstOrDefault(static value => !string.IsNullOrEmpty(value)) is { } locale
            ? Find(locale) ?? English.Texts
            : English.Texts;
}
