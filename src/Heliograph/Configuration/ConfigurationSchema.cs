using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Heliograph.Configuration;

/// <summary>The configuration file as a JSON schema, which editors read through the YAML language server.</summary>
internal static class ConfigurationSchema
{
    /// <summary>The draft that the YAML language server knows best.</summary>
    private const string Draft = "http://json-schema.org/draft-07/schema#";

    public static string Write(KeyCatalog keys)
    {
        var schema = Section(keys, "");
        schema.Insert(0, "$schema", Draft);
        schema.Insert(1, "title", "The configuration of Heliograph, a Signal TLS proxy");
        using var stream = new MemoryStream();
        // The text is for a file of its own, never for a web page.
        using (var writer = new Utf8JsonWriter(stream, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            schema.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray()) + '\n';
    }

    /// <summary>A section, or the whole file (""). A section of which every line is commented out is null.</summary>
    private static JsonObject Section(KeyCatalog keys, string section)
    {
        var properties = new JsonObject();
        foreach (var name in keys.NamesIn(section))
        {
            var path = KeyCatalog.Join(section, name);
            properties[name] = keys.Find(path) is { } key ? key.Schema() : Section(keys, path);
        }
        return new() { ["type"] = new JsonArray("object", "null"), ["properties"] = properties, ["additionalProperties"] = false };
    }
}
