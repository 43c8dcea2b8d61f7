using SharpFuzz;

namespace Heliograph.Fuzz;

/// <summary>Rewrites assemblies so that they tell afl-fuzz which branches an input takes.</summary>
internal static class Instrumentation
{
    private static readonly string[] Assemblies =
    [
        "heliograph.dll", "Heliograph.Relay.dll", "Heliograph.Web.dll", "Heliograph.Acme.dll", "Heliograph.Tls13.dll", "YamlDotNet.dll",
    ];

    /// <summary>
    /// Rewrites the program's assemblies and the YAML parser in a directory, in place. Of this program only the planted fault: the rest
    /// runs before afl-fuzz's memory is there.
    /// </summary>
    public static void Apply(string directory)
    {
        foreach (var name in Assemblies)
            Fuzzer.Instrument(Path.Combine(directory, name), static _ => true, Options.Value);
        var own = Path.GetFileName(typeof(Instrumentation).Assembly.Location);
        Fuzzer.Instrument(Path.Combine(directory, own), static type => type == typeof(PlantedFault).FullName, Options.Value);
    }
}
