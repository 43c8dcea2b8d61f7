namespace Heliograph.Status.Page;

/// <summary>
/// The page's stylesheet. The colours of text have a contrast of at least 4.5 to what is behind it, in both schemes (WCAG 2.2, 1.4.3).
/// </summary>
internal static class PageStyle
{
    public const string Css = """
        :root { color-scheme: light dark;
          --ink: #16191d; --quiet: #4a515a; --paper: #f4f6f8; --card: #ffffff; --line: #d5dae1; --bar: #2563c9; --hover: #e4eaf3;
          --good: #176b2c; --warning: #7d4e00; --critical: #b3261e }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #eceff3; --quiet: #b4bcc6; --paper: #121519; --card: #1c2026; --line: #3a424c; --bar: #7fb0ff; --hover: #2a313a;
            --good: #7bd88f; --warning: #f2c063; --critical: #ff9c92 }
        }
        * { box-sizing: border-box }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, "Noto Sans", sans-serif;
          overflow-wrap: anywhere }
        main { max-width: 64rem; margin: 0 auto; padding: 1.25rem 1rem 2rem }
        header p { margin: 0 }
        h1 { font-size: 1.75rem; line-height: 1.2; margin: .1rem 0 .5rem }
        h2 { font-size: 1.125rem; line-height: 1.3; margin: 0 0 .6rem }
        h3 { font-size: 1rem; font-weight: 600; margin: 0 0 .35rem }
        p { margin: .4rem 0 }
        section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; margin-top: 1rem }
        section > :last-child { margin-bottom: 0 }
        .two { display: grid; gap: 1rem; margin-top: 1rem }
        .two section { margin: 0; min-width: 0 }
        .quiet, th, dt { color: var(--quiet) }
        .state { font-weight: 600 }
        .good { color: var(--good) } .warning { color: var(--warning) } .critical { color: var(--critical) }
        ul.todo { list-style: none; margin: 0; padding: 0 }
        ul.todo li { border-inline-start: .25rem solid currentColor; padding: .1rem 0 .1rem .75rem }
        ul.todo li + li { margin-top: .75rem }
        ul.todo strong { display: block } ul.todo span { color: var(--ink) }
        .sums { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 0 }
        .sums dd { margin: 0 } .sums .big { font-size: 1.5rem; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums }
        figure { margin: 0 } figure + figure { margin-top: 1.25rem }
        .plot { position: relative; padding-top: 1.25rem }
        .plot svg { position: relative; display: block; width: 100%; height: 8rem; border-bottom: 1px solid var(--quiet) }
        .most { position: absolute; top: 0; left: 0; right: 0; font-size: .8125rem; line-height: 1.25rem;
          border-bottom: 1px dashed var(--line) }
        .ends { display: flex; justify-content: space-between; font-size: .8125rem }
        .bar { fill: var(--bar) } .slot { fill: transparent } g:hover .slot { fill: var(--hover) }
        summary { cursor: pointer; margin-top: .4rem }
        table { border-collapse: collapse; width: 100%; max-width: 44rem; font-variant-numeric: tabular-nums }
        th, td { text-align: end; padding: .3rem 0 .3rem .75rem; vertical-align: top; font-weight: 400 }
        thead th { overflow-wrap: normal; font-size: .875rem; line-height: 1.25; vertical-align: bottom }
        .names th:first-child { min-width: 7.5rem }
        th:first-child, td:first-child { text-align: start; padding-inline-start: 0 }
        tbody th { color: var(--ink) }
        tbody tr { border-top: 1px solid var(--line) }
        .number { overflow-wrap: normal; white-space: nowrap }
        dl.facts { display: grid; grid-template-columns: minmax(6.5rem, auto) 1fr; gap: .3rem .75rem; margin: 0 } dl.facts dd { margin: 0 }
        footer { margin-top: 1rem; font-size: .875rem }
        code { font: .9375em/1.5 ui-monospace, "DejaVu Sans Mono", monospace }
        @media (max-width: 26rem) {
          main { padding: 1rem .75rem 1.5rem } section { padding: .75rem }
          table { font-size: .875rem } thead th { font-size: .8125rem } th, td { padding-inline-start: .5rem }
        }
        @media (min-width: 56rem) { .two { grid-template-columns: 1fr 1fr } }
        """;
}
