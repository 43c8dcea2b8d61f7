using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Heliograph.Sharing;

/// <summary>A link as a page to print or to show: one file that asks for nothing from elsewhere.</summary>
internal static class SharePage
{
    // The code stays dark on light in every colour scheme: not every camera reads the reverse.
    private const string Style = """
        :root { color-scheme: light dark;
          --ink: #16191d; --quiet: #4a515a; --paper: #fff; --card: #f2f4f7; --line: #d5dae1; --link: #1f5bd1 }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #eceff3; --quiet: #b4bcc6; --paper: #14171b; --card: #1f242a; --line: #3a424c; --link: #8ab4f8 }
        }
        @media print {
          :root { color-scheme: light; --ink: #000; --quiet: #222; --paper: #fff; --card: #fff; --line: #888; --link: #000 }
        }
        * { box-sizing: border-box }
        body { margin: 0; background: var(--paper); color: var(--ink);
          font: 1.0625rem/1.65 system-ui, "Noto Sans", "Noto Sans Arabic", "Noto Naskh Arabic", "Noto Sans Myanmar", Padauk,
            "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; overflow-wrap: anywhere }
        main { max-width: 34rem; margin: 0 auto; padding: 1.5rem 1rem 2.5rem }
        h1 { font-size: 1.6rem; line-height: 1.3; margin: 0 0 .75rem }
        p, ul { margin: .75rem 0 }
        ul { padding-inline-start: 1.25rem }
        svg { display: block; width: min(100%, 17rem); height: auto; margin: 1.25rem auto; background: #fff; border-radius: .5rem }
        a { color: var(--link) }
        .address { display: block; padding: .6rem .8rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
          text-align: center; font: 1rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace }
        .quiet { color: var(--quiet) }
        .secret { padding: .75rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; font-weight: 600 }
        @media print {
          main { padding: 0 } body { font-size: 11pt; line-height: 1.5 } svg { width: 6cm } p, ul, svg { break-inside: avoid }
        }
        """;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Write(ShareLink link, string url, ShareTexts texts) => $"""
        <!DOCTYPE html>
        <html lang="{texts.Code}" dir="{(texts.IsRightToLeft ? "rtl" : "ltr")}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="referrer" content="no-referrer">
        <meta name="robots" content="noindex">
        <title>{Encode(texts.Title)}</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        <main>
        <h1>{Encode(texts.Title)}</h1>
        <p>{Encode(texts.Purpose)}</p>
        {new QrCode(url, onPaper: true).ToSvg()}
        <p>{Encode(texts.Scan)}</p>
        <a class="address" dir="ltr" href="{Encode(url)}">{string.Join("#<wbr>", url.Split('#').Select(Encode))}</a>
        <p>{Encode(texts.ByHand)}</p>
        <span class="address" dir="ltr">{Encode(link.Address)}</span>
        <ul>
        <li>{Encode(texts.Android)}</li>
        <li>{Encode(texts.Phone)}</li>
        </ul>
        <p>{Encode(texts.Works)}</p>
        <p class="quiet">{Encode(texts.Limits)}</p>
        <p class="secret">{Encode(texts.DestroyPage)}</p>
        </main>
        </body>
        </html>

        """;

    /// <summary>The letters of every language stay readable in the file: it is UTF-8.</summary>
    private static string Encode(string text) => Encoder.Encode(text);
}
