using Heliograph.Configuration;

namespace Heliograph.Fuzz.Targets;

/// <summary>The bytes are a configuration file.</summary>
internal static class YamlTarget
{
    private const int MostLines = 51, LongestLine = 2000;
    private const string Hidden = "********";

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        var loaded = Read(bytes);
        FaultException.Unless(loaded.Errors.Count == 0 == loaded.Settings is not null, "either settings or errors");
        FaultException.Unless(loaded.Errors.Count <= MostLines, $"{loaded.Errors.Count} lines of errors");
        FaultException.Unless(
            loaded.Errors.All(static line => line.Length is > 0 and <= LongestLine && !line.Any(char.IsControl)),
            $"an error is not one line:\n{string.Join('\n', loaded.Errors)}");
        // Secrets are not shown, so what has one is not the same again.
        if (loaded.Settings is { } settings
            && EffectiveYaml.Write(settings, loaded.Values) is var text
            && !text.Contains(Hidden, StringComparison.Ordinal))
            CheckWritten(text);
    }

    /// <summary>What <c>config show</c> prints is a configuration that gives the same.</summary>
    private static void CheckWritten(string text)
    {
        var again = Read(System.Text.Encoding.UTF8.GetBytes(text));
        if (again.Settings is not { } settings)
            throw new FaultException($"what is written of it is refused:\n{text}\n{string.Join('\n', again.Errors)}");
        var second = EffectiveYaml.Write(settings, again.Values);
        FaultException.Unless(WithoutComments(second) == WithoutComments(text), $"written twice, it differs:\n{text}\n{second}");
    }

    private static LoadedConfiguration Read(ReadOnlySpan<byte> bytes)
    {
        var errors = new ConfigurationErrors();
        return ConfigurationLoader.Load(YamlLayer.Parse("FILE", bytes, Keys.Catalog, errors), errors);
    }

    private static string WithoutComments(string text) =>
        string.Join('\n', text.Split('\n').Select(static line => line.Split("  # ")[0]));
}
