using System.Text.Json;

namespace Heliograph.Compare.History;

/// <summary>What bench/history keeps of a release.</summary>
internal sealed record Release
{
    public required string Version { get; init; }

    public required string Date { get; init; }

    public required string Processor { get; init; }

    /// <summary>The ratios to each peer, by the name of the figure.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Ratios { get; init; }

    /// <summary>The newest in a directory; null: it has none.</summary>
    public static Release? Last(string directory)
    {
        if (!Directory.Exists(directory))
            return null;
        var newest = Directory.EnumerateFiles(directory, "*.json").MaxBy(static path => Order(Path.GetFileNameWithoutExtension(path)));
        return newest is null ? null : Read(newest);
    }

    private static Release Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path));
            var file = document.RootElement;
            return new Release
            {
                Version = Path.GetFileNameWithoutExtension(path),
                Date = file.GetProperty("date").GetString()!,
                Processor = file.GetProperty("machine").GetProperty("processor").GetString()!,
                Ratios = file.GetProperty("figures").EnumerateArray().ToDictionary(
                    static figure => figure.GetProperty("name").GetString()!,
                    static figure => (IReadOnlyDictionary<string, double>)figure.GetProperty("ratios").EnumerateObject().ToDictionary(
                        static ratio => ratio.Name, static ratio => ratio.Value.GetDouble(), StringComparer.Ordinal),
                    StringComparer.Ordinal),
            };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            throw new CompareException($"{path} is not a file that --json writes: {exception.Message}");
        }
    }

    /// <summary>0.10.0 is newer than 0.9.0, and a release is newer than what came before it (0.9.0-rc.1).</summary>
    private static (Version Numbers, bool IsRelease, string Suffix) Order(string version)
    {
        var parts = version.Split('-', 2);
        return (System.Version.TryParse(parts[0], out var numbers) ? numbers : new Version(0, 0), parts.Length == 1, parts[^1]);
    }
}
