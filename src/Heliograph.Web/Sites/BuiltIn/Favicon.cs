using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>An icon: a file, and its type; "" if the site has none.</summary>
internal sealed record IconFile(string Type, byte[] Content);

/// <summary>The icon of a site: none, a drawing, or pictures of one to three sizes with two, 16, 256 or all colours.</summary>
internal static class Favicon
{
    public const string Vector = "image/svg+xml";
    private const string Bitmap = "image/x-icon";
    private const int HeadLength = 6;
    private const int EntryLength = 16;
    private const int BitmapHeadLength = 40;
    private const int Cells = 8;

    public static IconFile Draw(Theme look, SeededChoice choice) => choice.Below(100) switch
    {
        < 20 => new("", []),
        < 45 => new(Vector, Encoding.UTF8.GetBytes(DrawVector(choice))),
        _ => new(Bitmap, DrawBitmaps(look, choice)),
    };

    private static string DrawVector(SeededChoice choice)
    {
        var side = choice.Pick((int[])[16, 24, 32, 48, 64, 100, 128]);
        var ground = Colour(choice);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\">");
        if (choice.Chance(70))
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect width=\"{side}\" height=\"{side}\" rx=\"{choice.Below(side / 2)}\" fill=\"{ground}\"/>");
        var shapes = choice.Between(1, 4);
        for (var i = 0; i < shapes; i++)
        {
            int At() => choice.Between(side / 6, side * 5 / 6);
            var fill = Colour(choice);
            svg.Append(choice.Below(3) switch
            {
                0 => FormattableString.Invariant(
                    $"<circle cx=\"{At()}\" cy=\"{At()}\" r=\"{choice.Between(side / 8, side / 3)}\" fill=\"{fill}\"/>"),
                1 => FormattableString.Invariant($"<path d=\"M{At()} {At()}L{At()} {At()}L{At()} {At()}Z\" fill=\"{fill}\"/>"),
                _ => FormattableString.Invariant(
                    $"<rect x=\"{At() / 2}\" y=\"{At() / 2}\" width=\"{At()}\" height=\"{At()}\" fill=\"{fill}\"/>"),
            });
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static string Colour(SeededChoice choice) =>
        FormattableString.Invariant($"#{choice.Between(10, 230):x2}{choice.Between(10, 230):x2}{choice.Between(10, 230):x2}");

    private static byte[] DrawBitmaps(Theme look, SeededChoice choice)
    {
        int[] sides = [16, 20, 24, 32, 40, 48, 64];
        var pattern = Pattern(look, choice);
        // Each channel is drawn once: the exact colour is unique to this site.
        byte[] colour = [(byte)choice.Between(20, 190), (byte)choice.Between(20, 190), (byte)choice.Between(20, 190), 255];
        var pictures = choice.Shuffle(sides).Take(choice.Between(1, 3)).Order()
            .Select(side => (Side: side, Bits: choice.Pick((int[])[1, 4, 8, 24, 32]))).ToList();
        var bodies = pictures.Select(one => DrawBitmap(one.Side, one.Bits, pattern, colour)).ToList();
        using var icon = new MemoryStream();
        Write(icon, 0, 1, (ushort)pictures.Count);
        var at = HeadLength + (EntryLength * pictures.Count);
        Span<byte> entry = stackalloc byte[EntryLength];
        foreach (var ((side, bits), body) in pictures.Zip(bodies))
        {
            entry.Clear();
            entry[0] = entry[1] = (byte)side;
            entry[2] = bits < 8 ? (byte)(1 << bits) : (byte)0;
            BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], 1);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[6..], (ushort)bits);
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], body.Length);
            BinaryPrimitives.WriteInt32LittleEndian(entry[12..], at);
            icon.Write(entry);
            at += body.Length;
        }
        bodies.ForEach(body => icon.Write(body));
        return icon.ToArray();
    }

    /// <summary>Which cells are filled: mirrored, with whole cells, as icons are.</summary>
    private static bool[] Pattern(Theme look, SeededChoice choice)
    {
        var cells = new bool[Cells * Cells];
        for (var y = 0; y < Cells; y++)
        {
            for (var x = 0; x < Cells / 2; x++)
                cells[(y * Cells) + x] = cells[(y * Cells) + Cells - 1 - x] = choice.Chance(look.IsDark ? 60 : 50);
        }
        return cells;
    }

    /// <summary>BITMAPINFOHEADER, palette, points from the lowest row up, and the mask of what is transparent.</summary>
    private static byte[] DrawBitmap(int side, int bits, bool[] pattern, byte[] colour)
    {
        var palette = bits <= 8 ? 4 << bits : 0;
        var (row, maskRow) = (Row(side, bits), Row(side, 1));
        var bytes = new byte[BitmapHeadLength + palette + ((row + maskRow) * side)];
        var head = bytes.AsSpan();
        BinaryPrimitives.WriteInt32LittleEndian(head, BitmapHeadLength);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], side);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], side * 2); // picture and mask
        BinaryPrimitives.WriteUInt16LittleEndian(head[12..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(head[14..], (ushort)bits);
        if (palette > 0)
            colour.AsSpan(0, 3).CopyTo(head[(BitmapHeadLength + 4)..]);
        var points = head[(BitmapHeadLength + palette)..];
        var mask = points[(row * side)..];
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                if (!pattern[(y * Cells / side * Cells) + (x * Cells / side)])
                    mask[(y * maskRow) + (x / 8)] |= (byte)(0x80 >> (x % 8));
                else if (bits <= 8)
                    points[(y * row) + (x * bits / 8)] |= (byte)(1 << (8 - bits - (x * bits % 8)));
                else
                    colour.AsSpan(0, bits / 8).CopyTo(points[((y * row) + (x * bits / 8))..]);
            }
        }
        return bytes;
    }

    /// <summary>The length of a row, which is a multiple of four bytes.</summary>
    private static int Row(int side, int bits) => ((side * bits) + 31) / 32 * 4;

    private static void Write(Stream to, params ReadOnlySpan<ushort> numbers)
    {
        Span<byte> two = stackalloc byte[2];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(two, number);
            to.Write(two);
        }
    }
}
