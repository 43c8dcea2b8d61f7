using System.Text;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>The style sheet for one theme and arrangement.</summary>
internal static class Stylesheet
{
    public static string Write(Theme look, Arrangement arrangement, string picture, SeededChoice choice)
    {
        var names = look.Names;
        var css = new StringBuilder();
        void Rule(string selector, params string[] declarations) => css.Append(Block(selector, declarations));
        var space = choice.Between(14, 22) / 10.0;
        Rule("*", "box-sizing: border-box");
        Rule(
            "body",
            "margin: 0",
            $"font: {look.FontSize}px/{choice.Between(15, 17) / 10.0} {look.TextFont}",
            $"color: {look.Ink}",
            $"background: {look.Paper}");
        Rule("a", $"color: {look.Accent}");
        Rule("a:hover", choice.Pick((string[])["text-decoration: none", "text-decoration-thickness: 2px", $"color: {look.Ink}"]));
        Rule("h1, h2, h3", $"font-family: {look.HeadingFont}", "line-height: 1.25", $"font-weight: {choice.Pick((int[])[400, 600, 700])}");
        Rule("h1", $"font-size: {choice.Between(18, 24) / 10.0}rem", "margin: .6em 0 .5em");
        Rule("h2", $"font-size: {choice.Between(13, 16) / 10.0}rem", $"color: {look.Accent}");
        Rule("h3", "font-size: 1.1rem", "margin: 0 0 .2em");
        Rule("img", "display: block", "max-width: 100%", "height: auto");
        Rule($".{names.Lead}, .{names.Date}", $"color: {look.Faint}");
        Rule($".{names.Date}", "font-size: .85rem", "margin: 0 0 .6em");
        Rule(
            $".{names.Top}-name",
            $"font: {choice.Pick((int[])[400, 600, 700])} {choice.Between(15, 20) / 10.0}rem/1.2 {look.HeadingFont}",
            "margin: 0");
        Rule($".{names.Top}-name a", "color: inherit", "text-decoration: none");
        Rule($".{names.Menu} ul", "list-style: none", "margin: 0", "padding: 0");
        Rule($".{names.Menu} a", "text-decoration: none");
        Rule($".{names.Menu} [aria-current]", "font-weight: 700", $"border-bottom: 2px solid {look.Accent}");
        Rule($".{names.Entry}", $"margin: 0 0 {space}rem");
        Rule($".{names.Side}", $"margin-top: {space * 1.5:0.##}rem");
        Rule($".{names.Foot}", $"color: {look.Faint}", "font-size: .85rem", $"padding: {space}rem");
        css.Append(arrangement switch
        {
            Arrangement.Column => Column(look, space),
            Arrangement.SideMenu => SideMenu(look, picture, space, choice),
            Arrangement.WideBanner => WideBanner(look, picture, space, choice),
            _ => Cards(look, picture, space, choice),
        });
        return css.ToString();
    }

    private static string Column(Theme look, double space)
    {
        var names = look.Names;
        return string.Concat(
            Line("body > *", $"max-width: {look.Width}rem", "margin: 0 auto", "padding: .5rem 1.2rem"),
            Line($".{names.Top}", "padding-left: 0", "padding-right: 0"),
            Line($".{names.Top} > :not(img)", "margin-left: 1.2rem", "margin-right: 1.2rem"),
            Line($".{names.Top} img", $"border-radius: 0 0 {look.Radius}px {look.Radius}px", "width: 100%"),
            Line(
                $".{names.Menu} ul",
                "display: flex",
                "flex-wrap: wrap",
                $"gap: .3rem {space}rem",
                $"border-top: 1px solid {look.Panel}",
                $"border-bottom: 1px solid {look.Panel}",
                "padding: .6rem 0"));
    }

    private static string SideMenu(Theme look, string picture, double space, SeededChoice choice)
    {
        var names = look.Names;
        return string.Concat(
            Line(
                "body",
                "display: grid",
                $"grid-template-columns: {choice.Between(12, 16)}rem minmax(0, {look.Width}rem)",
                $"column-gap: {space * 1.5:0.##}rem",
                $"max-width: {look.Width + 20}rem",
                "margin: 0 auto",
                "padding: 0 1.2rem"),
            Line(
                $".{names.Top}",
                "grid-column: 1 / -1",
                $"padding: {space}rem 0",
                $"border-bottom: 3px solid {look.Accent}",
                $"background: url({picture}) right bottom / min(42%, 26rem) auto no-repeat",
                "min-height: 9rem"),
            Line(
                $".{names.Menu}",
                $"padding: {space}rem 1rem",
                $"background: {look.Panel}",
                $"border-radius: 0 0 {look.Radius}px {look.Radius}px",
                "align-self: start"),
            Line($".{names.Menu} li", "padding: .25rem 0"),
            Line($".{names.Foot}", "grid-column: 2", "padding-left: 0"),
            $"@media (max-width: 44rem) {{ body {{ display: block; }} .{names.Top} {{ background-image: none; min-height: 0; }} }}\n");
    }

    private static string WideBanner(Theme look, string picture, double space, SeededChoice choice)
    {
        var names = look.Names;
        return string.Concat(
            Line(
                $".{names.Top}",
                $"background: {look.Panel} url({picture}) center bottom / cover no-repeat",
                $"padding: {space * 2:0.##}rem 1.2rem {choice.Between(7, 11)}rem",
                "text-align: center"),
            Line($".{names.Top} .{names.Lead}", $"color: {look.Ink}"),
            Line(
                $".{names.Menu} ul",
                "display: flex",
                "flex-wrap: wrap",
                "justify-content: center",
                $"gap: .3rem {space}rem",
                "padding: .8rem 1rem",
                $"background: {look.Panel}"),
            Line($".{names.Main}, .{names.Foot}", $"max-width: {look.Width}rem", "margin: 0 auto", "padding: 1rem 1.2rem"));
    }

    private static string Cards(Theme look, string picture, double space, SeededChoice choice)
    {
        var names = look.Names;
        return string.Concat(
            Line(
                $".{names.Top}, .{names.Menu}, .{names.Main}, .{names.Foot}",
                $"max-width: {look.Width + 12}rem",
                "margin: 0 auto",
                "padding: .7rem 1.2rem"),
            Line($".{names.Top}", $"padding-top: {space}rem"),
            Line($".{names.Menu} ul", "display: flex", "flex-wrap: wrap", "gap: .5rem"),
            Line(
                $".{names.Menu} a",
                "display: block",
                "padding: .3rem .8rem",
                $"background: {look.Panel}",
                $"border-radius: {look.Radius}px"),
            Line($".{names.Main} > p, .{names.Main} > ul", $"max-width: {look.Width}rem"),
            Line($".{names.Side}", "display: grid", "grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr))", "gap: 1rem"),
            Line($".{names.Side} h2", "grid-column: 1 / -1", "margin: 0"),
            Line($".{names.Entry}", $"background: {look.Panel}", $"border-radius: {look.Radius}px", "padding: 1rem 1.2rem"),
            Line($".{names.Side} .{names.Entry}", "margin: 0"),
            Line(
                $".{names.Foot}::before",
                "content: \"\"",
                "display: block",
                $"height: {choice.Between(60, 110)}px",
                $"background: url({picture}) center bottom / cover no-repeat",
                $"border-radius: {look.Radius}px",
                "margin-bottom: 1rem"));
    }

    private static string Block(string selector, string[] declarations) =>
        $"{selector} {{\n{string.Concat(declarations.Select(declaration => $"  {declaration};\n"))}}}\n";

    private static string Line(string selector, params string[] declarations) =>
        $"{selector} {{ {string.Join("; ", declarations)}; }}\n";
}
