using System.Globalization;
using System.Text.Json;

namespace Heliograph.Testing.Hellos;

/// <summary>A hello captured from a real client, with the dissection made at that time.</summary>
public sealed class HelloFixture
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", "client-hellos");

    private HelloFixture(string name)
    {
        Bytes = File.ReadAllBytes(Path.Combine(Folder, name + ".bin"));
        using var dissection = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")));
        var root = dissection.RootElement;
        ServerName = root.GetProperty("sni").GetString();
        ApplicationProtocols = Strings(root.GetProperty("alpn"));
        Versions =
        [
            .. Strings(root.GetProperty("versions")).Where(version => !version.Contains("GREASE", StringComparison.Ordinal)).Select(Number),
        ];
    }

    public byte[] Bytes { get; }

    public string? ServerName { get; }

    public IReadOnlyList<string> ApplicationProtocols { get; }

    public IReadOnlyList<ushort> Versions { get; }

    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.bin").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    public static HelloFixture Load(string name) => new(name);

    private static string[] Strings(JsonElement array) =>
        array.ValueKind == JsonValueKind.Null ? [] : [.. array.EnumerateArray().Select(item => item.GetString()!)];

    private static ushort Number(string hex) => ushort.Parse(hex.AsSpan(2), NumberStyles.AllowHexSpecifier);
}
