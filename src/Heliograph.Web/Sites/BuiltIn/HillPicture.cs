using System.Globalization;
using System.Text;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>A drawing of hills under a sky: a header picture that needs no photograph.</summary>
internal static class HillPicture
{
    private const int Width = 1200;
    private const int Height = 260;

    public static string Draw(Theme look, SeededChoice choice)
    {
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" preserveAspectRatio=\"xMidYMax slice\">\n");
        var skyHue = (look.Hue + choice.Pick((int[])[0, 15, 30, 345])) % 360;
        var light = look.IsDark ? 22 : 88;
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"hsl({skyHue},{choice.Between(25, 50)}%,{light}%)\"/>\n");
        if (choice.Chance(70))
        {
            svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<circle cx=\"{choice.Between(120, 1080)}\" cy=\"{choice.Between(50, 110)}\" r=\"{choice.Between(22, 46)}\" ")
                .Append(
                    CultureInfo.InvariantCulture,
                    $"fill=\"hsl({choice.Between(35, 55)},{choice.Between(50, 90)}%,{(look.IsDark ? 70 : 93)}%)\"/>\n");
        }
        var hills = choice.Between(3, 5);
        for (var i = 0; i < hills; i++)
        {
            var step = (i + 1) * (look.IsDark ? 4 : 44 / hills);
            var fill = look.IsDark ? light - step - 2 : light - step;
            var top = 70 + (i * 150 / hills);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<path d=\"{Ridge(choice, top)}\" fill=\"hsl({look.Hue},{choice.Between(18, 42)}%,{Math.Max(fill, 4)}%)\"/>\n");
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static string Ridge(SeededChoice choice, int top)
    {
        var path = new StringBuilder();
        var y = top + choice.Below(50);
        path.Append(CultureInfo.InvariantCulture, $"M0 {Height}V{y}");
        for (var x = 0; x < Width;)
        {
            var span = choice.Between(110, 260);
            var next = top + choice.Below(60);
            path.Append(
                CultureInfo.InvariantCulture,
                $"C{x + (span / 3)} {y - choice.Below(14)} {x + (span * 2 / 3)} {next + choice.Below(14)} {x + span} {next}");
            x += span;
            y = next;
        }
        return path.Append(CultureInfo.InvariantCulture, $"V{Height}Z").ToString();
    }
}
