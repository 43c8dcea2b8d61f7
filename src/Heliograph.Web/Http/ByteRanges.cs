using System.Runtime.InteropServices;

namespace Heliograph.Web.Http;

/// <summary>A part of a file: the first byte and the byte after the last.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ByteRange(long Start, long End)
{
    public long Length => End - Start;
}

/// <summary>The <c>Range</c> field as nginx reads it (<c>ngx_http_range_parse</c>).</summary>
internal static class ByteRanges
{
    public enum Outcome { Whole, Ranges, NotSatisfiable }

    public static Outcome Parse(string? field, long length, out List<ByteRange> ranges)
    {
        ranges = [];
        if (field is null || field.Length < 7 || !field.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase))
            return Outcome.Whole;
        var at = 6;
        long total = 0;
        while (true)
        {
            SkipSpaces(field, ref at);
            var isSuffix = Peek(field, at) == '-';
            long start = 0;
            long end;
            if (isSuffix)
            {
                at++;
            }
            else
            {
                if (!TryReadNumber(field, ref at, out start))
                    return Outcome.NotSatisfiable;
                SkipSpaces(field, ref at);
                if (Peek(field, at++) != '-')
                    return Outcome.NotSatisfiable;
                SkipSpaces(field, ref at);
            }
            if (!isSuffix && Peek(field, at) is (',' or '\0'))
            {
                end = length;
            }
            else
            {
                if (!TryReadNumber(field, ref at, out end))
                    return Outcome.NotSatisfiable;
                SkipSpaces(field, ref at);
                if (Peek(field, at) is not (',' or '\0'))
                    return Outcome.NotSatisfiable;
                if (isSuffix)
                {
                    start = Math.Max(length - end, 0);
                    end = length - 1;
                }
                end = end >= length ? length : end + 1;
            }
            if (start < end)
            {
                ranges.Add(new(start, end));
                total += end - start;
            }
            else if (start == 0)
            {
                return Outcome.Whole;
            }
            if (Peek(field, at++) != ',')
                break;
        }
        if (ranges.Count == 0)
            return Outcome.NotSatisfiable;
        // More bytes than the file has means overlapping ranges; nginx then sends the whole file.
        return total > length ? Outcome.Whole : Outcome.Ranges;
    }

    private static char Peek(string text, int at) => at < text.Length ? text[at] : '\0';

    private static void SkipSpaces(string text, ref int at)
    {
        while (Peek(text, at) == ' ')
            at++;
    }

    private static bool TryReadNumber(string text, ref int at, out long number)
    {
        number = 0;
        if (!char.IsAsciiDigit(Peek(text, at)))
            return false;
        for (; char.IsAsciiDigit(Peek(text, at)); at++)
        {
            var digit = text[at] - '0';
            if (number > (long.MaxValue - digit) / 10)
                return false;
            number = (number * 10) + digit;
        }
        return true;
    }
}
