using Heliograph.Web;

namespace Heliograph.Machine;

/// <summary>The language that this machine was set up in, as locale(7) has it.</summary>
internal static class MachineLanguage
{
    private static readonly string[] Variables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    // systemd's file, and Debian's: a service may be started without these variables.
    private static readonly string[] Files = ["/etc/locale.conf", "/etc/default/locale"];

    /// <summary>One of the built-in site's languages: English if the machine's is none of them.</summary>
    public static string Find() => Find(Environment.GetEnvironmentVariable, Files);

    internal static string Find(Func<string, string?> environment, IEnumerable<string> files)
    {
        var locale = Variables.Select(environment).Concat(Variables.SelectMany(name => files.Select(file => Read(file, name))))
            .FirstOrDefault(static value => value is { Length: > 1 } and not "POSIX" && !value.StartsWith("C.", StringComparison.Ordinal));
        return DecoySite.Languages.FirstOrDefault(language =>
            locale?.Split('_', '.', '@')[0] == language) ?? DecoySite.Languages[0];
    }

    private static string? Read(string file, string name)
    {
        try
        {
            return !File.Exists(file) ? null : File.ReadLines(file).Take(100)
                .Where(line => line.StartsWith($"{name}=", StringComparison.Ordinal))
                .Select(line => line[(name.Length + 1)..].Trim('"', '\'', ' ')).FirstOrDefault();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
