using System.Globalization;
using System.Text;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>The picture of a site: one of a dozen subjects, in its colours, drawn anew for each.</summary>
internal sealed class Drawing
{
    private readonly StringBuilder svg = new();
    private readonly SeededChoice choice;
    private readonly Theme look;
    private readonly int width;
    private readonly int height;
    private readonly bool stylesWithAttribute;

    private Drawing(Theme look, SeededChoice choice)
    {
        (this.look, this.choice) = (look, choice);
        width = choice.Between(30, 64) * 20;
        height = width * choice.Between(20, 38) / 100;
        stylesWithAttribute = choice.Chance(35);
    }

    public static string Draw(Theme look, SeededChoice choice) => new Drawing(look, choice).Draw();

    private string Draw()
    {
        Action[] subjects = [Hills, Peaks, Waves, Houses, Leaves, Rings, Mosaic, Stripes, Stars, Branch, Boats, Threads, Fields, Pebbles];
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\"");
        if (choice.Chance(40))
            svg.Append(CultureInfo.InvariantCulture, $" width=\"{width}\" height=\"{height}\"");
        if (choice.Chance(50))
            svg.Append(" preserveAspectRatio=\"xMidYMid slice\"");
        svg.Append(">\n");
        if (choice.Chance(30))
            svg.Append("<title></title>\n");
        Shape(choice.Chance(70) ? $"rect width=\"{width}\" height=\"{height}\"" : $"path d=\"M0 0H{width}V{height}H0Z\"", Tone(0));
        var grouped = choice.Chance(50);
        if (grouped)
            svg.Append(choice.Pick((string[])["<g>\n", "<g opacity=\".9\">\n", "<g stroke-linejoin=\"round\">\n", "<g id=\"a\">\n"]));
        choice.Pick(subjects)();
        if (grouped)
            svg.Append("</g>\n");
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>A colour of the site; 0 is the ground, 100 what stands out most.</summary>
    private string Tone(int strength)
    {
        var hue = (look.Hue + choice.Between(-12, 12) + 360) % 360;
        var light = look.IsDark ? 16 + (strength * 45 / 100) : 91 - (strength * 55 / 100);
        return FormattableString.Invariant($"hsl({hue},{choice.Between(18, 55)}%,{light}%)");
    }

    private string Accent() => choice.Chance(70)
        ? look.Accent : FormattableString.Invariant($"hsl({(look.Hue + 180) % 360},{choice.Between(35, 60)}%,{(look.IsDark ? 60 : 50)}%)");

    private void Shape(string shape, string fill) =>
        svg.Append('<').Append(shape).Append(stylesWithAttribute ? $" style=\"fill:{fill}\"/>\n" : $" fill=\"{fill}\"/>\n");

    private void Stroke(FormattableString shape, string colour, int wide) =>
        svg.Append('<').Append(FormattableString.Invariant(shape)).Append(stylesWithAttribute
            ? FormattableString.Invariant($" style=\"fill:none;stroke:{colour};stroke-width:{wide}\"/>\n")
            : FormattableString.Invariant($" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{wide}\"/>\n"));

    private int Across() => choice.Below(width);

    private int Down() => choice.Below(height);

    private void Sun()
    {
        if (choice.Chance(60))
            Shape(
                $"circle cx=\"{choice.Between(width / 10, width * 9 / 10)}\" cy=\"{choice.Between(height / 6, height / 3)}\" " +
                $"r=\"{choice.Between(height / 14, height / 7)}\"",
                Accent());
    }

    private void Hills()
    {
        Sun();
        var count = choice.Between(2, 5);
        for (var i = 0; i < count; i++)
        {
            var top = (height / 4) + (i * height * 2 / 3 / count);
            var path = new StringBuilder();
            var y = top + choice.Below(height / 5);
            path.Append(CultureInfo.InvariantCulture, $"M0 {height}V{y}");
            for (var x = 0; x < width;)
            {
                var span = choice.Between(width / 11, width / 4);
                var next = top + choice.Below(height / 4);
                path.Append(CultureInfo.InvariantCulture, $"C{x + (span / 3)} {y} {x + (span * 2 / 3)} {next} {x + span} {next}");
                (x, y) = (x + span, next);
            }
            Shape($"path d=\"{path}V{height}Z\"", Tone(25 + (i * 60 / count)));
        }
    }

    private void Peaks()
    {
        Sun();
        var rows = choice.Between(1, 3);
        for (var row = 0; row < rows; row++)
        {
            var points = new StringBuilder(FormattableString.Invariant($"0,{height}"));
            for (var x = -choice.Below(60); x < width; x += choice.Between(width / 16, width / 7))
                points.Append(CultureInfo.InvariantCulture, $" {x},{choice.Between(height * (row + 1) / 6, height * (row + 4) / 6)}");
            Shape($"polygon points=\"{points} {width},{height / 2} {width},{height}\"", Tone(30 + (row * 25)));
        }
    }

    private void Waves()
    {
        var count = choice.Between(3, 9);
        var span = choice.Between(width / 14, width / 6);
        for (var i = 0; i < count; i++)
        {
            var y = height * (i + 2) / (count + 2);
            var (x, swell) = (-choice.Below(span), choice.Between(6, height / 5));
            var path = new StringBuilder(FormattableString.Invariant($"M{x} {y}"));
            for (var to = x; to < width; to += span)
                path.Append(CultureInfo.InvariantCulture, $"q{span / 2} {-swell} {span} 0");
            Stroke($"path d=\"{path}\"", Tone(20 + (i * 70 / count)), choice.Between(2, 9));
        }
    }

    private void Houses()
    {
        Sun();
        for (var x = choice.Between(-30, 10); x < width;)
        {
            var (w, h) = (choice.Between(width / 18, width / 9), choice.Between(height / 4, height * 3 / 5));
            var tone = Tone(choice.Between(30, 70));
            Shape($"rect x=\"{x}\" y=\"{height - h}\" width=\"{w}\" height=\"{h}\"", tone);
            Shape($"path d=\"M{x - 4} {height - h}l{(w / 2) + 4} {-choice.Between(h / 6, h / 2)}l{(w / 2) + 4} {h / 6}\"", Tone(85));
            if (choice.Chance(60))
                Shape($"rect x=\"{x + (w / 3)}\" y=\"{height - (h * 2 / 3)}\" width=\"{w / 4}\" height=\"{h / 5}\"", Tone(5));
            x += w + choice.Pick((int[])[0, 0, 6, 20]);
        }
    }

    private void Leaves()
    {
        var count = choice.Between(9, 34);
        for (var i = 0; i < count; i++)
        {
            var (x, y, size) = (Across(), Down(), choice.Between(height / 12, height / 4));
            Shape(
                $"path d=\"M{x} {y}q{size / 2} {-size / 2} {size} 0q{-size / 2} {size / 2} {-size} 0\" " +
                $"transform=\"rotate({choice.Below(360)} {x} {y})\"",
                Tone(choice.Between(20, 90)));
        }
    }

    private void Rings()
    {
        var count = choice.Between(2, 7);
        for (var i = 0; i < count; i++)
        {
            var (x, y) = (Across(), Down());
            for (var r = choice.Between(height / 8, height / 2); r > 6; r -= choice.Between(8, 26))
                Stroke($"circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"", Tone(choice.Between(25, 75)), choice.Between(1, 6));
        }
    }

    private void Mosaic()
    {
        var side = choice.Between(height / 8, height / 3);
        for (var y = 0; y < height; y += side)
        {
            for (var x = 0; x < width; x += side)
            {
                if (choice.Chance(75))
                    Shape(
                        $"rect x=\"{x}\" y=\"{y}\" width=\"{side - 2}\" height=\"{side - 2}\"",
                        choice.Chance(6) ? Accent() : Tone(choice.Between(8, 80)));
            }
        }
    }

    private void Stripes()
    {
        var slant = choice.Between(-height, height);
        for (var x = -height; x < width + height;)
        {
            var w = choice.Between(4, width / 12);
            Shape($"path d=\"M{x} 0h{w}l{slant} {height}h{-w}Z\"", Tone(choice.Between(5, 70)));
            x += w + choice.Between(2, width / 14);
        }
    }

    private void Stars()
    {
        var count = choice.Between(30, 120);
        for (var i = 0; i < count; i++)
            Shape(
                $"circle cx=\"{Across()}\" cy=\"{Down()}\" r=\"{choice.Pick((int[])[1, 1, 2, 2, 3, 5])}\"",
                choice.Chance(10) ? Accent() : Tone(choice.Between(40, 95)));
        if (choice.Chance(50))
            Shape($"ellipse cx=\"{Across()}\" cy=\"{height}\" rx=\"{width}\" ry=\"{height / choice.Between(4, 8)}\"", Tone(75));
    }

    private void Branch()
    {
        var y = choice.Between(height / 3, height * 2 / 3);
        var bend = choice.Between(-height / 4, height / 4);
        Stroke($"path d=\"M0 {y}Q{width / 2} {y + bend} {width} {y}\"", Tone(90), choice.Between(3, 10));
        var step = choice.Between(width / 34, width / 14);
        for (var x = step; x < width; x += step)
        {
            var t = (double)x / width;
            var at = (int)(y + (bend * 2 * t * (1 - t)));
            var up = choice.Chance(50) ? -1 : 1;
            Shape(
                $"ellipse cx=\"{x}\" cy=\"{at + (up * height / 9)}\" rx=\"{step / 3}\" ry=\"{height / choice.Between(8, 12)}\"",
                Tone(choice.Between(30, 80)));
        }
    }

    private void Boats()
    {
        var sea = height * choice.Between(5, 7) / 10;
        Sun();
        Shape($"rect y=\"{sea}\" width=\"{width}\" height=\"{height - sea}\"", Tone(40));
        var count = choice.Between(1, 5);
        for (var i = 0; i < count; i++)
        {
            var (x, size) = (choice.Between(20, width - 20), choice.Between(height / 12, height / 5));
            Shape($"path d=\"M{x - size} {sea}h{size * 2}l{-size / 2} {size / 2}h{-size}Z\"", Tone(90));
            Shape($"polygon points=\"{x},{sea - 4} {x},{sea - (size * 2)} {x + size},{sea - 4}\"", Accent());
        }
    }

    private void Threads()
    {
        var count = choice.Between(6, 22);
        for (var i = 0; i < count; i++)
        {
            Stroke(
                $"path d=\"M0 {Down()}C{width / 3} {Down()} {width * 2 / 3} {Down()} {width} {Down()}\"",
                choice.Chance(12) ? Accent() : Tone(choice.Between(20, 85)),
                choice.Between(1, 5));
        }
    }

    private void Fields()
    {
        var horizon = height * choice.Between(3, 5) / 10;
        Sun();
        var count = choice.Between(4, 12);
        for (var i = 0; i <= count; i++)
        {
            var (from, to) = (width * i / count, (width * (i * 3) / count) - width);
            Shape(
                $"polygon points=\"{from},{horizon} {from + (width / count) + 1},{horizon} " +
                $"{to + (width * 3 / count) + 1},{height} {to},{height}\"",
                Tone(choice.Between(20, 75)));
        }
    }

    private void Pebbles()
    {
        for (var y = height; y > height / 3; y -= choice.Between(height / 12, height / 6))
        {
            for (var x = -choice.Below(40); x < width;)
            {
                var r = choice.Between(height / 16, height / 8);
                Shape($"ellipse cx=\"{x}\" cy=\"{y}\" rx=\"{r}\" ry=\"{r * choice.Between(5, 9) / 10}\"", Tone(choice.Between(15, 85)));
                x += r + choice.Between(r / 2, r);
            }
        }
    }
}
