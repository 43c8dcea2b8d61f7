using System.Globalization;

namespace Heliograph.Configuration;

/// <summary>
/// How numbers of bytes are written: in powers of 1000, as disk makers and hosting providers do, or in powers of 1024 with an "i".
/// </summary>
internal static class ByteSizes
{
    /// <summary>Means no limit.</summary>
    public const string Off = "off";

    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("B", 1), ("KB", 1000), ("MB", 1000_000), ("GB", 1000_000_000), ("TB", 1000_000_000_000),
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
    ];

    /// <summary>Bits, as lines are sold.</summary>
    private static readonly (string Unit, long Bytes)[] RateUnits = [.. Units, ("Kbit", 125), ("Mbit", 125_000), ("Gbit", 125_000_000)];

    /// <summary>A number of bytes.</summary>
    public static Parse<long> Size(long smallest, long largest) => Parse(Units, smallest, largest);

    /// <summary>Bytes, or bits, per second.</summary>
    public static Parse<long> Rate(long smallest, long largest) => Parse(RateUnits, smallest, largest);

    /// <summary>The word off, which gives 0, or what <paramref name="parse"/> takes.</summary>
    public static Parse<long> OrOff(Parse<long> parse) => (string text, out long value) =>
    {
        value = 0;
        return text == Off ? null : parse(text, out value);
    };

    /// <summary>The shortest way to write it as a whole number, in powers of 1000 where both are equally short; 0 is "off".</summary>
    public static string Write(long bytes)
    {
        if (bytes == 0)
            return Off;
        return Units.Where(unit => bytes % unit.Bytes == 0)
            .Select(unit => string.Create(CultureInfo.InvariantCulture, $"{bytes / unit.Bytes}{unit.Unit}"))
            .MinBy(static text => text.Count(char.IsAsciiDigit))!;
    }

    private static Parse<long> Parse((string Unit, long Bytes)[] units, long smallest, long largest) => (string text, out long value) =>
    {
        value = 0;
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        if (digits is 0 or > 15)
            return "not a number of bytes";
        if (digits == text.Length)
            return "the unit is missing";
        var unit = Array.FindIndex(units, unit => unit.Unit == text[digits..]);
        if (unit < 0)
        {
            var near = Suggestion.Nearest(text[digits..], units.Select(static unit => unit.Unit.ToLowerInvariant()));
            var meant = Array.Find(units, unit => unit.Unit.Equals(near, StringComparison.OrdinalIgnoreCase)).Unit;
            return $"there is no unit {text[digits..]}" + (meant is null ? "" : $"; did you mean {meant}?");
        }
        var bytes = (Int128)long.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture) * units[unit].Bytes;
        if (bytes < smallest || bytes > largest)
            return $"must be from {Write(smallest)} to {Write(largest)}";
        value = (long)bytes;
        return null;
    };
}
