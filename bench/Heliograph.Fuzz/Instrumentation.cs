using SharpFuzz;

namespace Heliograph.Fuzz;

/// <summary>Rewrites assemblies so that they tell afl-fuzz which branches an input takes.</summary>
internal static class Instrumentation
{
    /// <summary>
    /// Rewrites the program's assemblies and the YAML parser in a directory, in place. Of this program only the planted fault: the rest
    /// runs before afl-fuzz's memory is there.
    /// </summary>
    public static void Apply(string directory)
    {
        var own = Path.GetFileName(typeof(Instrumentation).Assembly.Location);
        foreach (var file in Directory.GetFiles(directory, "*.dll"))
        {
            var name = Path.GetFileName(file);
            if (name == "YamlDotNet.dll" || (name.StartsWith("Heliograph", StringComparison.OrdinalIgnoreCase) && name != own))
                Fuzzer.Instrument(file, static _ => true, Options.Value);
        }
        Fuzzer.Instrument(Path.Combine(directory, own), static type => type == typeof(PlantedFault).FullName, Options.Value);
    }
}
