using System.Buffers.Binary;

namespace Heliograph.Web.Sites.BuiltIn;

/// <summary>A mirrored pattern in the site's colour, as an icon of 16 by 16 points.</summary>
internal static class Favicon
{
    private const int Side = 16;
    private const int HeadLength = 6 + 16;
    private const int BitmapHeadLength = 40;
    private const int MaskLength = Side * 4;

    public static byte[] Draw(Theme look, SeededChoice choice)
    {
        var icon = new byte[HeadLength + BitmapHeadLength + (Side * Side * 4) + MaskLength];
        var head = icon.AsSpan();
        BinaryPrimitives.WriteUInt16LittleEndian(head[2..], 1); // an icon
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], 1); // with one picture
        head[6] = Side;
        head[7] = Side;
        BinaryPrimitives.WriteUInt16LittleEndian(head[10..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(head[12..], 32);
        BinaryPrimitives.WriteInt32LittleEndian(head[14..], icon.Length - HeadLength);
        BinaryPrimitives.WriteInt32LittleEndian(head[18..], HeadLength);
        var bitmap = head[HeadLength..];
        BinaryPrimitives.WriteInt32LittleEndian(bitmap, BitmapHeadLength);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap[4..], Side);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap[8..], Side * 2); // picture and mask
        BinaryPrimitives.WriteUInt16LittleEndian(bitmap[12..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(bitmap[14..], 32);

        // Each channel is drawn once: the exact colour is unique to this site.
        var (blue, green, red) = ((byte)choice.Between(20, 190), (byte)choice.Between(20, 190), (byte)choice.Between(20, 190));
        var points = bitmap[BitmapHeadLength..];
        for (var y = 0; y < Side; y += 2)
        {
            for (var x = 0; x < Side / 2; x += 2)
            {
                if (!choice.Chance(look.IsDark ? 60 : 50))
                    continue;
                Fill(points, x, y, blue, green, red);
                Fill(points, Side - 2 - x, y, blue, green, red);
            }
        }
        return icon;
    }

    private static void Fill(Span<byte> points, int left, int top, byte blue, byte green, byte red)
    {
        for (var i = 0; i < 4; i++)
        {
            var at = (((top + (i / 2)) * Side) + left + (i % 2)) * 4;
            points[at] = blue;
            points[at + 1] = green;
            points[at + 2] = red;
            points[at + 3] = 255;
        }
    }
}
