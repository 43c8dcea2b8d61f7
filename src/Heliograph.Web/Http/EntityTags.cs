namespace Heliograph.Web.Http;

/// <summary><c>If-Match</c> and <c>If-None-Match</c> as nginx compares them (<c>ngx_http_test_if_match</c>).</summary>
internal static class EntityTags
{
    public static bool Matches(string field, string tag, bool weakly)
    {
        if (field == "*")
            return true;
        var at = 0;
        while (at < field.Length)
        {
            if (weakly && field.Length - at > 2 && string.CompareOrdinal(field, at, "W/", 0, 2) == 0)
                at += 2;
            if (tag.Length > field.Length - at)
                return false;
            if (string.CompareOrdinal(field, at, tag, 0, tag.Length) == 0)
            {
                var after = field.AsSpan(at + tag.Length).TrimStart(" \t");
                if (after.IsEmpty || after[0] == ',')
                    return true;
            }
            while (at < field.Length && field[at] != ',')
                at++;
            while (at < field.Length && field[at] is (' ' or '\t' or ','))
                at++;
        }
        return false;
    }
}
