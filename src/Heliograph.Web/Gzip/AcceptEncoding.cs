namespace Heliograph.Web.Gzip;

/// <summary>Whether an <c>Accept-Encoding</c> takes gzip, by nginx's reading of it (<c>ngx_http_gzip_accept_encoding</c>).</summary>
internal static class AcceptEncoding
{
    public static bool TakesGzip(string value)
    {
        if (value.StartsWith("gzip,", StringComparison.Ordinal))
            return true;
        for (var start = 0; ; start += "gzip".Length)
        {
            start = value.IndexOf("gzip", start, StringComparison.OrdinalIgnoreCase);
            if (start < 0)
                return false;
            if (start == 0 || value[start - 1] is ',' or ' ')
                return TakesParameters(value.AsSpan(start + "gzip".Length));
        }
    }

    private static bool TakesParameters(ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart(' ');
        if (rest.IsEmpty || rest[0] == ',')
            return true;
        if (rest[0] != ';')
            return false;
        rest = rest[1..].TrimStart(' ');
        if (rest.IsEmpty)
            return true;
        return rest[0] is 'q' or 'Q' && rest.Length >= 3 && rest[1] == '=' && IsPositive(rest[2..]);
    }

    // A quality over 0 and up to 1, with at most three decimals, up to the next comma or space. nginx adds the decimals up, which is
    // enough to tell zero from the others.
    private static bool IsPositive(ReadOnlySpan<char> quality)
    {
        if (quality[0] is not ('0' or '1'))
            return false;
        var sum = (quality[0] - '0') * 100;
        if (quality.Length == 1 || quality[1] is ',' or ' ')
            return sum > 0;
        if (quality[1] != '.')
            return false;
        var decimals = 0;
        foreach (var c in quality[2..])
        {
            if (c is ',' or ' ')
                break;
            if (!char.IsAsciiDigit(c))
                return false;
            sum += c - '0';
            decimals++;
        }
        return sum is > 0 and <= 100 && decimals <= 3;
    }
}
