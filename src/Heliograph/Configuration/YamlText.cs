namespace Heliograph.Configuration;

/// <summary>Writes text as a YAML scalar.</summary>
internal static class YamlText
{
    /// <summary>Double-quoted unless it is plainly a plain scalar (YAML 1.2 section 7.3).</summary>
    public static string Quote(string text)
    {
        var plain = text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '/')
            && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '@')
            && text.ToLowerInvariant() is not ("null" or "true" or "false" or "yes" or "no" or "on" or "off");
        return plain ? text : '"' + string.Concat(text.Select(Escape)) + '"';
    }

    private static string Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        _ when char.IsControl(c) => $"\\u{(int)c:x4}",
        _ => c.ToString(),
    };
}
