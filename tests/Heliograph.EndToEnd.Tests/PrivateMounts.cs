namespace Heliograph.EndToEnd.Tests;

/// <summary>
/// Lets one process see another file in the place of /etc/hosts or /etc/resolv.conf: its DNS then lies, and nobody else's.
/// </summary>
internal static class PrivateMounts
{
    /// <summary>A mount namespace takes root.</summary>
    public static void Need() => Assert.SkipUnless(Environment.UserName == "root", "a private mount namespace takes root");

    /// <summary>A wrapper for <see cref="ProxySettings.Wrapper"/>: becomes the program by exec, so that its process id stays.</summary>
    public static IReadOnlyList<string> Over(string file, string replacement) =>
        ["unshare", "--mount", "sh", "-c", $"mount --bind '{replacement}' '{file}' && exec \"$@\"", "sh"];
}
