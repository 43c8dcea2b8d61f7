namespace Heliograph;

/// <summary>Commands that root has to run, as the person in front of the terminal types them.</summary>
internal static class Sudo
{
    /// <summary>sudo(8) sets it; a shell of root's own has none.</summary>
    private const string Caller = "SUDO_UID";

    public static string Prefix => PrefixFor(Environment.IsPrivilegedProcess, Environment.GetEnvironmentVariable(Caller));

    /// <param name="isPrivileged">Whether this process is root.</param>
    /// <param name="caller">Who called sudo; null: nobody.</param>
    public static string PrefixFor(bool isPrivileged, string? caller) => isPrivileged && caller is null ? "" : "sudo ";
}
