using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Heliograph.PackageTool;

/// <summary>The list of the program's components, as CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/).</summary>
internal static class Sbom
{
    // Readable, without escapes: the developers' names contain no character that needs one.
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(string version, DateTimeOffset time, IReadOnlyList<LockedPackage> packages)
    {
        var self = $"pkg:generic/heliograph@{version}";
        var components = new JsonArray([.. packages.Select(Component)]);
        var dependencies = new JsonArray([
            Dependency(self, packages.Where(static package => !package.IsBuildOnly)),
            .. packages.Select(package =>
                Dependency(
                    Purl(package), packages.Where(other => package.Dependencies.Contains(other.Name, StringComparer.OrdinalIgnoreCase)))),
        ]);
        return new JsonObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.5.schema.json",
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.5",
            ["serialNumber"] = $"urn:uuid:{SerialNumber(self, time, components)}",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["timestamp"] = time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null),
                ["component"] = new JsonObject
                {
                    ["type"] = "application",
                    ["bom-ref"] = self,
                    ["name"] = "heliograph",
                    ["version"] = version,
                    ["purl"] = self,
                    ["licenses"] = License("Apache-2.0"),
                },
            },
            ["components"] = components,
            ["dependencies"] = dependencies,
        }.ToJsonString(Format);
    }

    private static JsonObject Component(LockedPackage package) => new()
    {
        ["type"] = "library",
        ["bom-ref"] = Purl(package),
        ["name"] = package.Name,
        ["version"] = package.Version,
        ["scope"] = package.IsBuildOnly ? "excluded" : "required",
        ["purl"] = Purl(package),
        // NuGet's hash excludes a package's signature, so it is not the hash of the file.
        ["properties"] = new JsonArray(new JsonObject { ["name"] = "nuget:contentHash", ["value"] = package.ContentHash }),
    };

    private static JsonObject Dependency(string from, IEnumerable<LockedPackage> on) => new()
    {
        ["ref"] = from,
        ["dependsOn"] = new JsonArray([.. on.Select(static package => (JsonNode)Purl(package))]),
    };

    private static string Purl(LockedPackage package) => $"pkg:nuget/{package.Name}@{package.Version}";

    private static JsonArray License(string expression) => [new JsonObject { ["license"] = new JsonObject { ["id"] = expression } }];

    // The same list has the same number (a UUID of version 8, RFC 9562 section 5.8: the bits are ours to choose).
    private static Guid SerialNumber(string self, DateTimeOffset time, JsonArray components)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{self} {time.ToUnixTimeSeconds()} {components.ToJsonString()}")).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }
}
