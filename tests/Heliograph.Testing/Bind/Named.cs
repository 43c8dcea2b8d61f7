namespace Heliograph.Testing.Bind;

/// <summary>BIND's server program.</summary>
internal static class Named
{
    public static string Find() =>
        new[] { "/usr/sbin/named", "/usr/bin/named", "/usr/local/sbin/named" }.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("named is not installed: apt-get install bind9");
}
