namespace Heliograph.Platform;

/// <summary>A DNS name or a wildcard, as certificates and <c>domains</c> have them.</summary>
public static class NamePattern
{
    /// <summary>Whether it is for a name. RFC 9525 section 6.3: an asterisk stands for the first label. An IP address has none.</summary>
    public static bool Covers(string pattern, string name) =>
        pattern.Equals(name, StringComparison.OrdinalIgnoreCase)
        || (pattern.StartsWith("*.", StringComparison.Ordinal)
            && name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            && name.AsSpan(dot).Equals(pattern.AsSpan(1), StringComparison.OrdinalIgnoreCase)
            && !InternetAddress.TryParse(name, out _));
}
