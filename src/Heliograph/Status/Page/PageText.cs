using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Heliograph.Status.Page;

/// <summary>Text that becomes HTML. Names on the page may be a stranger's choice.</summary>
internal static class PageText
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Encode(string text) => Encoder.Encode(text);

    /// <summary>Formats with the current culture, which is invariant in the whole process, and encodes.</summary>
    public static string Encode(ref DefaultInterpolatedStringHandler text) => Encode(text.ToStringAndClear());

    /// <summary>A narrow screen breaks the host after a dot rather than anywhere.</summary>
    public static string Host(string name) => Encode(name).Replace(".", ".<wbr>", StringComparison.Ordinal);

    /// <summary>A narrow column breaks the word where it may be broken.</summary>
    public static string Heading(string text) => Encode(text).Replace("connections", "connec&shy;tions", StringComparison.Ordinal);

    public static string Join<TItem>(IEnumerable<TItem> items, Func<TItem, string> write) => string.Join("\n", items.Select(write));
}
