using Heliograph.Testing;

namespace Heliograph.EndToEnd.Tests.Systemd;

/// <summary>The units as they are packaged.</summary>
internal static class Units
{
    /// <summary>Where the package puts the program.</summary>
    public const string InstalledProgram = "/usr/bin/heliograph";

    public static string Service => File.ReadAllText(Path.Combine(Folder, "heliograph.service"));

    public static string Socket => File.ReadAllText(Path.Combine(Folder, "heliograph.socket"));

    /// <summary>Both units, with the built program instead of the installed one.</summary>
    public static (string Service, string Socket) WriteTo(TempDirectory directory) => (
        directory.Write("heliograph.service", Service.Replace(InstalledProgram, HeliographProcess.Program, StringComparison.Ordinal)),
        directory.Write("heliograph.socket", Socket));

    /// <summary>The values of a setting, in order.</summary>
    public static IReadOnlyList<string> Values(string unit, string setting) =>
        [
            .. unit.Split('\n')
                .Where(line => line.StartsWith(setting + "=", StringComparison.Ordinal))
                .Select(line => line[(setting.Length + 1)..]),
        ];

    /// <summary>The first command of a setting, as systemd would run it.</summary>
    public static string[] Command(string setting) =>
        [.. Values(Service, setting)[0].Split(' ').Select(static word => word == InstalledProgram ? HeliographProcess.Program : word)];

    private static string Folder => Repository.PathOf("packaging/systemd");
}
