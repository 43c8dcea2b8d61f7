using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Heliograph.Web.Http;

/// <summary>
/// A path, percent-decoded, with slashes merged and dot segments resolved, so that it never leaves the root; and the
/// query as sent. Follows nginx's <c>ngx_http_parse_complex_uri</c>, quirks included.
/// </summary>
internal sealed record RequestTarget(string Path, string Query)
{
    public static readonly RequestTarget Root = new("/", "");

    private enum State { Usual, Slash, Dot, DotDot }

    /// <summary>
    /// Parses the target from its first slash (or its question mark: an absolute target may have no path). False if nginx answers 400.
    /// </summary>
    public static bool TryParse(string raw, [NotNullWhen(true)] out RequestTarget? target)
    {
        target = null;
        var path = new StringBuilder(raw.Length + 1);
        if (!raw.StartsWith('/'))
            path.Append('/');
        var state = State.Usual;
        var query = "";
        var i = 0;
        while (i < raw.Length)
        {
            var c = raw[i++];
            var isQuoted = c == '%';
            if (isQuoted)
            {
                if (i + 2 > raw.Length || !char.IsAsciiHexDigit(raw[i]) || !char.IsAsciiHexDigit(raw[i + 1]))
                    return false;
                c = (char)((Convert.ToInt32(raw[i].ToString(), 16) << 4) | Convert.ToInt32(raw[i + 1].ToString(), 16));
                i += 2;
                if (c == '\0')
                    return false;
            }
            // An encoded slash or dot counts as a plain one; these three lose their meaning when encoded.
            if (isQuoted && (c is '%' or '#' or '?'))
            {
                path.Append(c);
                state = State.Usual;
                continue;
            }
            if (c is '/' or '?' or '#')
            {
                if (state == State.Dot)
                    path.Length--;
                else if (state == State.DotDot && !StepUp(path))
                    return false;
                if (c == '#')
                    return Finish(path, query, out target);
                if (c == '?')
                {
                    var fragment = raw.IndexOf('#', i);
                    query = fragment < 0 ? raw[i..] : raw[i..fragment];
                    return Finish(path, query, out target);
                }
                if (state == State.Usual)
                    path.Append('/');
                state = State.Slash;
                continue;
            }
            state = (state, c) switch
            {
                (State.Slash, '.') => State.Dot,
                (State.Dot, '.') => State.DotDot,
                _ => State.Usual,
            };
            path.Append(c);
        }
        if (state == State.Dot)
            path.Length--;
        else if (state == State.DotDot && !StepUp(path))
            return false;
        return Finish(path, query, out target);
    }

    // The path ends with "/..": removes both, and the segment before. False if there is none; nginx rejects that.
    private static bool StepUp(StringBuilder path)
    {
        var at = path.Length - 4;
        while (at >= 0 && path[at] != '/')
            at--;
        path.Length = Math.Max(at, -1) + 1;
        return at >= 0;
    }

    private static bool Finish(StringBuilder path, string query, out RequestTarget target)
    {
        target = new(path.ToString(), query);
        return true;
    }
}
