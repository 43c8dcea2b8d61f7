using System.Diagnostics.CodeAnalysis;

namespace Heliograph.Web.Http;

/// <summary>
/// What nginx accepts as a host (<c>ngx_http_validate_host</c>): it rejects little, and cuts off the port and one trailing dot.
/// </summary>
internal static class HostName
{
    public static bool TryNormalize(string text, [NotNullWhen(true)] out string? host)
    {
        host = null;
        var length = text.Length;
        var lastDot = -2;
        var inLiteral = false;
        var inRest = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '.':
                    if (lastDot == i - 1)
                        return false;
                    lastDot = i;
                    break;
                case ':' when !inLiteral && !inRest:
                    length = i;
                    inRest = true;
                    break;
                case '[' when i == 0:
                    inLiteral = true;
                    break;
                case ']' when inLiteral:
                    length = i + 1;
                    inLiteral = false;
                    inRest = true;
                    break;
                case '/' or <= ' ' or '\x7f':
                    return false;
            }
        }
        if (lastDot == length - 1)
            length--;
        if (length <= 0)
            return false;
        host = text[..length].ToLowerInvariant();
        return true;
    }
}
