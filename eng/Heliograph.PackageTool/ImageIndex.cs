using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Heliograph.PackageTool;

/// <summary>
/// One image for several processors, from an archive for each: an OCI image layout (https://github.com/opencontainers/image-spec) that
/// holds an index, packed as tar. Each image's configuration stays as it is, with the health check, for which OCI has no field and
/// which Docker reads all the same.
/// </summary>
internal sealed class ImageIndex : IDisposable
{
    private const string Index = "application/vnd.oci.image.index.v1+json";
    private const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    private const string Configuration = "application/vnd.oci.image.config.v1+json";
    private const string Layer = "application/vnd.oci.image.layer.v1.tar+gzip";

    private readonly SortedDictionary<string, string> blobs = new(StringComparer.Ordinal);
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("heliograph-image-");

    /// <param name="name">As it is pulled: <c>ghcr.io/heliograph/heliograph:1.2.3</c>.</param>
    /// <param name="time">The time in the files of the archive.</param>
    /// <param name="output">The archive to write.</param>
    /// <param name="archives">What <c>docker save</c> writes.</param>
    public static void Write(string name, DateTimeOffset time, string output, IEnumerable<string> archives)
    {
        using var index = new ImageIndex();
        var images = index.Add(Json(Index, "manifests", [.. archives.Select(index.AddImage)]), Index);
        images["annotations"] = new JsonObject
        {
            ["org.opencontainers.image.ref.name"] = name.Split(':')[^1],
            // containerd's name for it.
            ["io.containerd.image.name"] = name,
        };
        index.Pack(time, output, Json(Index, "manifests", [images]));
    }

    public void Dispose() => directory.Delete(recursive: true);

    private JsonObject AddImage(string archive)
    {
        var unpacked = directory.CreateSubdirectory(Path.GetFileNameWithoutExtension(archive)).FullName;
        TarFile.ExtractToDirectory(archive, unpacked, overwriteFiles: false);
        var image = JsonNode.Parse(File.ReadAllBytes(Path.Combine(unpacked, "manifest.json")))!.AsArray().Single()!;
        var bytes = File.ReadAllBytes(Path.Combine(unpacked, image["Config"]!.GetValue<string>()));
        var layers = image["Layers"]!.AsArray().Select(layer => AddLayer(Path.Combine(unpacked, layer!.GetValue<string>())));
        var manifest = Json(Manifest, "layers", [.. layers]);
        manifest["config"] = Add(bytes, Configuration);
        var configuration = JsonNode.Parse(bytes)!;
        var descriptor = Add(manifest, Manifest);
        descriptor["platform"] = new JsonObject
        {
            ["architecture"] = configuration["architecture"]!.GetValue<string>(),
            ["os"] = configuration["os"]!.GetValue<string>(),
        };
        return descriptor;
    }

    private JsonObject AddLayer(string path)
    {
        var packed = path + ".gz";
        using (var from = File.OpenRead(path))
        using (var to = new GZipStream(File.Create(packed), CompressionLevel.Optimal))
            from.CopyTo(to);
        return AddFile(packed, Layer);
    }

    private JsonObject Add(JsonObject value, string mediaType) => Add(Encoding.UTF8.GetBytes(value.ToJsonString()), mediaType);

    private JsonObject Add(byte[] bytes, string mediaType)
    {
        var path = Path.Combine(directory.FullName, Path.GetRandomFileName());
        File.WriteAllBytes(path, bytes);
        return AddFile(path, mediaType);
    }

    private JsonObject AddFile(string path, string mediaType)
    {
        using var file = File.OpenRead(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        blobs[$"blobs/sha256/{hash}"] = path;
        return new JsonObject { ["mediaType"] = mediaType, ["digest"] = $"sha256:{hash}", ["size"] = file.Length };
    }

    private static JsonObject Json(string mediaType, string list, JsonArray items) =>
        new() { ["schemaVersion"] = 2, ["mediaType"] = mediaType, [list] = items };

    // The same bytes for the same images.
    private void Pack(DateTimeOffset time, string output, JsonObject index)
    {
        using var file = File.Create(output);
        using var tar = new TarWriter(file, TarEntryFormat.Ustar);
        WriteEntry("oci-layout", Text(new JsonObject { ["imageLayoutVersion"] = "1.0.0" }));
        WriteEntry("index.json", Text(index));
        foreach (var (name, path) in blobs)
        {
            using var blob = File.OpenRead(path);
            WriteEntry(name, blob);
        }

        static MemoryStream Text(JsonObject value) => new(Encoding.UTF8.GetBytes(value.ToJsonString()));

        void WriteEntry(string name, Stream content) => tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            DataStream = content,
            ModificationTime = time,
            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        });
    }
}
