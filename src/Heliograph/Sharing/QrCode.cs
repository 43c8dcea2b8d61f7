using System.Globalization;
using System.Text;
using QRCoder;
using Spectre.Console;

namespace Heliograph.Sharing;

/// <summary>A link as a QR code, on a terminal or as a picture.</summary>
internal sealed class QrCode
{
    /// <summary>What QRCoder leaves empty around the code (ISO/IEC 18004 asks for four modules).</summary>
    private const int QuietZone = 4;

    /// <summary>Two are enough for today's cameras, and a name of 32 letters then takes 17 of a terminal's 24 lines.</summary>
    private const int TerminalQuietZone = 2;
    private const int PixelsPerModule = 12;

    // Two of the 256 colours that no theme changes. Always dark on light: not every camera reads the reverse.
    private static readonly Style Ink = new(Color.FromInt32(16), Color.FromInt32(231));

    private readonly QRCodeData data;

    /// <param name="text">The content.</param>
    /// <param name="onPaper">
    /// Paper gets creased and dirty. On a screen the lowest level of correction is enough, and makes the code smaller.
    /// </param>
    public QrCode(string text, bool onPaper = false) =>
        data = QRCodeGenerator.GenerateQrCode(text, onPaper ? QRCodeGenerator.ECCLevel.M : QRCodeGenerator.ECCLevel.L);

    /// <summary>Columns on a terminal; half as many lines.</summary>
    public int Columns => data.ModuleMatrix.Count - (2 * (QuietZone - TerminalQuietZone));

    /// <summary>Two modules in each character, one above the other: a character is about twice as high as it is wide.</summary>
    public void Write(IAnsiConsole console)
    {
        foreach (var line in Lines())
        {
            console.Write(new Text(line, Ink));
            console.WriteLine();
        }
    }

    public byte[] ToPng()
    {
        using var png = new PngByteQRCode(data);
        return png.GetGraphic(PixelsPerModule);
    }

    /// <summary>As part of an HTML page: one path, with a rectangle for each run of dark modules.</summary>
    public string ToSvg()
    {
        var path = new StringBuilder();
        foreach (var (y, row) in data.ModuleMatrix.Index())
        {
            for (var x = 0; x < row.Count; x++)
            {
                var start = x;
                while (x < row.Count && row[x])
                    x++;
                if (x > start)
                    path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{x - start}v1h-{x - start}z");
            }
        }
        var size = data.ModuleMatrix.Count;
        return $"<svg viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"QR\" shape-rendering=\"crispEdges\">" +
            $"<path d=\"{path}\"/></svg>";
    }

    private IEnumerable<string> Lines()
    {
        for (var row = 0; row < Columns; row += 2)
        {
            var line = new StringBuilder(Columns);
            for (var column = 0; column < Columns; column++)
            {
                line.Append((IsDark(row, column), IsDark(row + 1, column)) switch
                {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                });
            }
            yield return line.ToString();
        }
    }

    /// <summary>If the number of lines is odd, the line below the last is light.</summary>
    private bool IsDark(int row, int column)
    {
        const int cut = QuietZone - TerminalQuietZone;
        return row < Columns && data.ModuleMatrix[row + cut][column + cut];
    }
}
