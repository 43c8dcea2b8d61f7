namespace Heliograph.EndToEnd.Tests;

/// <summary>
/// Shows one process another file instead of /etc/hosts or /etc/resolv.conf, so that DNS gives false answers to that process only.
/// </summary>
internal static class PrivateMounts
{
    /// <summary>A mount namespace requires root.</summary>
    public static void Need() => Assert.SkipUnless(Environment.UserName == "root", "a private mount namespace requires root");

    /// <summary>
    /// A wrapper for <see cref="ProxySettings.Wrapper"/>: it becomes the program by exec, so the process id stays the same.
    /// </summary>
    public static IReadOnlyList<string> Over(string file, string replacement) =>
        ["unshare", "--mount", "sh", "-c", $"mount --bind '{replacement}' '{file}' && exec \"$@\"", "sh"];
}
