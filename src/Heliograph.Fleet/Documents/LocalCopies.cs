using System.Text.Json.Serialization;
using Heliograph.Fleet.Etcd;
using Heliograph.Platform;

namespace Heliograph.Fleet.Documents;

/// <summary>The documents on this machine's disk, sealed as in etcd: what is served when it starts while etcd is away.</summary>
internal sealed class LocalCopies
{
    private const string Suffix = ".sealed";

    private readonly PrivateDirectory directory;
    private readonly FleetMember member;

    public LocalCopies(PrivateDirectory directory, FleetMember member)
    {
        this.directory = directory;
        this.member = member;
    }

    /// <exception cref="StorageException">The directory cannot be used.</exception>
    public IReadOnlyList<KeyValue> Read()
    {
        directory.Create();
        var found = new List<KeyValue>();
        foreach (var path in Directory.EnumerateFiles(directory.Path, "*" + Suffix).Take(EtcdClient.MostKeys))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            if (directory.Read(name + Suffix, LocalJson.Default.LocalCopy, static copy => copy.Document is null ? "it is empty" : null)
                is { Document: { } document })
                found.Add(new KeyValue(member.Names.Documents + name, document, 0, 0, 0));
        }
        return found;
    }

    /// <summary>A copy that cannot be written is logged: the document is in use all the same.</summary>
    public void Write(string key, ReadOnlyMemory<byte> document)
    {
        try
        {
            directory.Write(key[(key.LastIndexOf('/') + 1)..] + Suffix, new LocalCopy(document.ToArray()), LocalJson.Default.LocalCopy);
        }
        catch (StorageException exception)
        {
            member.Logger.NotCopied(exception.Message);
        }
    }
}

internal sealed record LocalCopy(byte[]? Document);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LocalCopy))]
internal sealed partial class LocalJson : JsonSerializerContext;
