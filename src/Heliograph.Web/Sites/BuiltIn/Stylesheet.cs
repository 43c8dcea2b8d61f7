using System.Globalization;
using System.Text;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>The style sheet of one site: it fits every skeleton.</summary>
internal sealed class Stylesheet
{
    private readonly StringBuilder css = new();
    private readonly Theme look;
    private readonly Skeleton bones;
    private readonly SeededChoice choice;
    private readonly int form;
    private readonly double space;

    private Stylesheet(Theme look, Skeleton bones, SeededChoice choice)
    {
        (this.look, this.bones, this.choice) = (look, bones, choice);
        form = choice.Below(3);
        space = choice.Between(12, 22) / 10.0;
    }

    /// <param name="look">Colours and type.</param>
    /// <param name="bones">How the pages are built.</param>
    /// <param name="picture">The path of the picture, if the site has one.</param>
    /// <param name="choice">Draws the rest.</param>
    public static string Write(Theme look, Skeleton bones, string? picture, SeededChoice choice)
    {
        var sheet = new Stylesheet(look, bones, choice);
        sheet.WriteType();
        sheet.WriteFrame(picture);
        sheet.WriteNavigation();
        sheet.WriteEntries();
        return sheet.css.ToString();
    }

    private void WriteType()
    {
        var names = look.Names;
        Rule("*", "box-sizing: border-box");
        Rule(
            "body", "margin: 0", $"font: {look.FontSize}px/{Number(choice.Between(145, 172) / 100.0)} {look.TextFont}",
            $"color: {look.Ink}",
            $"background: {look.Paper}");
        Rule("a", $"color: {look.Accent}");
        Rule("a:hover", choice.Pick((string[])["text-decoration: none", "text-decoration-thickness: 2px", $"color: {look.Ink}"]));
        var weight = choice.Pick((int[])[400, 600, 700]);
        Rule("h1, h2, h3", $"font-family: {look.HeadingFont}", "line-height: 1.25", $"font-weight: {weight}");
        Rule("h1", $"font-size: {Number(choice.Between(17, 24) / 10.0)}rem", $"margin: {(choice.Chance(50) ? ".6em 0 .5em" : "0 0 .6em")}");
        Rule(
            "h2", $"font-size: {Number(choice.Between(12, 16) / 10.0)}rem",
            choice.Chance(50) ? $"color: {look.Accent}" : "margin: 1.2em 0 .5em");
        Rule("h3", $"font-size: {Number(choice.Between(105, 125) / 100.0)}rem", "margin: 0 0 .2em");
        Rule("img", "display: block", "max-width: 100%", "height: auto");
        Rule("figure", "margin: 0");
        Rule("dd", "margin: 0 0 .6em 1.4em");
        Rule("hr", "border: 0", $"border-top: {choice.Between(1, 3)}px solid {look.Panel}", $"margin: {Number(space)}rem 0");
        Rule(
            $".{names.Lead}", "display: block", $"color: {look.Faint}", "margin: .2rem 0",
            $"font-style: {choice.Pick((string[])["normal", "italic"])}");
        Rule(
            $".{names.Top}-name", "display: block", $"font: {weight} {Number(choice.Between(14, 20) / 10.0)}rem/1.25 {look.HeadingFont}",
            "margin: 0");
        Rule($".{names.Top}-name a", "color: inherit", "text-decoration: none");
    }

    private void WriteFrame(string? picture)
    {
        var names = look.Names;
        var width = $"{look.Width}rem";
        var parts = bones.Outer.Length > 0 ? $".{names.Wrap} > *" : "body > *";
        if (choice.Chance(50))
        {
            // Each part is as wide as the window, its text is not.
            Rule(
                parts, $"padding-left: max(1.2rem, calc((100% - {width}) / 2))",
                $"padding-right: max(1.2rem, calc((100% - {width}) / 2))");
            Rule(
                $".{names.Top}", $"padding-top: {Number(space)}rem", $"padding-bottom: {Number(space)}rem",
                $"background-color: {look.Panel}");
        }
        else
        {
            Rule(
                bones.Outer.Length > 0 ? $".{names.Wrap}" : "body", $"max-width: {width}",
                $"margin: 0 {(choice.Chance(70) ? "auto" : "0 0 clamp(0rem, 8vw, 9rem)")}");
            Rule(parts, "padding-left: 1.2rem", "padding-right: 1.2rem");
            Rule(
                $".{names.Top}", $"padding-top: {Number(space)}rem", "padding-bottom: .8rem",
                choice.Chance(50)
                    ? $"border-bottom: {choice.Between(1, 4)}px solid {look.Accent}"
                    : $"text-align: {choice.Pick((string[])["left", "center"])}");
        }
        if (bones.Picture == PicturePlace.BehindHeader)
        {
            Rule(
                $".{names.Top}", $"background: {look.Panel} url({picture}) center / cover no-repeat",
                $"min-height: {choice.Between(9, 15)}rem");
            // So that it can be read on any picture.
            Rule($".{names.Top} > *:not(img):not(nav):not(div)", "width: fit-content", "padding: .1em .5em", $"background: {look.Paper}");
            Rule($".{names.Top} > nav, .{names.Top} > div", "padding: .4em .6em", "width: fit-content", $"background: {look.Paper}");
        }
        else if (bones.Picture != PicturePlace.None)
        {
            var within = bones.Picture == PicturePlace.InHeader ? names.Top : names.Main;
            Rule(
                $".{within} img", "width: 100%", $"max-height: {choice.Between(9, 17)}rem", "object-fit: cover",
                $"border-radius: {look.Radius}px", "margin: 0 0 1rem");
        }
        Rule($".{names.Main}", $"padding-top: {Number(space)}rem", "padding-bottom: 1rem");
        Rule(
            $".{names.Foot}", $"color: {look.Faint}", "font-size: .85rem", "font-style: normal",
            $"padding-top: {Number(space)}rem", $"padding-bottom: {Number(space)}rem");
    }

    private void WriteNavigation()
    {
        var menu = look.Names.Menu;
        Rule($".{menu} ul, .{menu} ol", "list-style: none", "margin: 0", "padding: 0");
        Rule($".{menu} p", "margin: 0");
        Rule($".{menu} a", choice.Chance(60) ? "text-decoration: none" : "font-weight: 600");
        Rule(
            $".{menu} [aria-current]",
            choice.Pick((string[])["font-weight: 700", $"border-bottom: 2px solid {look.Accent}", $"color: {look.Ink}"]));
        if (bones.NavigationPlace == NavigationPlace.Beside)
        {
            var columns = look.Names.Columns;
            Rule(
                $".{columns}", "display: grid", $"grid-template-columns: {choice.Between(10, 14)}rem minmax(0, 1fr)",
                $"gap: {Number(space * 1.5)}rem", $"padding-top: {Number(space)}rem");
            Rule($".{columns} .{look.Names.Main}", "padding-top: 0");
            Rule($".{columns} .{menu} a", "display: block", "padding: .2rem 0");
            Rule(
                $".{columns} .{menu}", "align-self: start",
                choice.Chance(50) ? $"border-right: 1px solid {look.Panel}" : "font-size: .95em");
            css.Append(
                CultureInfo.InvariantCulture,
                $"@media (max-width: 44rem) {{ .{columns} {{ display: block; }} " +
                $".{columns} .{menu} {{ border: 0; margin-bottom: 1rem; }} }}\n");
            return;
        }
        var justify = choice.Pick((string[])["flex-start", "flex-start", "center", "space-between"]);
        Rule(
            $".{menu} ul, .{menu} ol", "display: flex", "flex-wrap: wrap",
            $"gap: .3rem {Number(space)}rem", $"justify-content: {justify}");
        Rule($".{menu}", "padding-top: .6rem", "padding-bottom: .6rem", choice.Pick((string[])
        [
            $"border-top: 1px solid {look.Panel}", $"border-bottom: 1px solid {look.Panel}",
            $"background-color: {look.Panel}", "font-size: .95em",
        ]));
    }

    private void WriteEntries()
    {
        var names = look.Names;
        Rule($".{names.Date}", $"color: {look.Faint}", $"font-size: .{choice.Between(80, 92)}rem", "margin: 0 0 .5em");
        Rule($".{names.Entry}", $"margin: 0 0 {Number(space)}rem");
        if (bones.Entry == "li")
            Rule(
                $".{names.Side}",
                choice.Chance(60) ? "list-style: none" : $"list-style: {choice.Pick((string[])["square", "circle", "disc"])}",
                "padding-left: " + (choice.Chance(50) ? "1.1rem" : "0"));
        switch (choice.Below(4))
        {
            case 0:
                Rule($".{names.Entry}", $"background: {look.Panel}", $"border-radius: {look.Radius}px", "padding: 1rem 1.2rem");
                break;
            case 1:
                Rule($".{names.Entry}", $"border-left: {choice.Between(2, 5)}px solid {look.Panel}", "padding-left: 1rem");
                break;
            case 2 when bones.List.Length > 0:
                Rule(
                    $".{names.Side}", "display: grid",
                    $"grid-template-columns: repeat(auto-fit, minmax(min({choice.Between(15, 19)}rem, 100%), 1fr))", "gap: 1.2rem");
                break;
            default:
                Rule($".{names.Entry}", $"border-bottom: 1px solid {look.Panel}", "padding-bottom: .5rem");
                break;
        }
        Rule($".{names.Side}-title", "font-weight: 700", "margin-bottom: .6rem");
        if (bones.Remark.Length > 0)
            Rule(
                $".{names.Remark}", $"border-left: 3px solid {look.Accent}", $"background: {look.Panel}",
                "margin: 1rem 0", "padding: .6rem 1rem");
    }

    private void Rule(string selector, params ReadOnlySpan<string> declarations)
    {
        switch (form)
        {
            case 0:
                css.Append(selector).Append(" {\n");
                foreach (var declaration in declarations)
                    css.Append("  ").Append(declaration).Append(";\n");
                css.Append("}\n");
                break;
            case 1:
                css.Append(selector).Append(" { ").AppendJoin("; ", declarations).Append("; }\n");
                break;
            default:
                css.Append(selector.Replace(", ", ",", StringComparison.Ordinal)).Append('{');
                css.Append(string.Join(';', declarations.ToArray().Select(static one => one.Replace(": ", ":", StringComparison.Ordinal))))
                    .Append("}\n");
                break;
        }
    }

    private static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
