using System.Text;
using System.Text.Json;
using Heliograph.Access;
using Heliograph.Fleet;
using Heliograph.Fleet.Sealing;

namespace Heliograph.Fuzz.Targets;

/// <summary>
/// The bytes are what a fleet shares: a line that says how far they were opened, then the document. Whoever can write to etcd makes up the
/// first kind, only a machine of the fleet the others.
/// </summary>
internal static class SealedTarget
{
    private const string Place = "heliograph/fleet/documents/0123";
    private const int LongestMessage = 400;

    private static readonly FleetKey Key = new(new byte[FleetKey.FleetIdSize], new byte[FleetKey.IdSize], new byte[FleetKey.SecretSize]);
    private static readonly FleetKey OtherKey = Key.Next();

    public static void Check(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        if (end < 0)
            return;
        var document = bytes[(end + 1)..];
        switch (Encoding.ASCII.GetString(bytes[..end]))
        {
            case "sealed":
                CheckSealed(document);
                break;
            case "content":
                CheckContent(document.ToArray());
                break;
            case "groups":
                CheckGroups(document);
                break;
        }
    }

    /// <summary>
    /// It opens, or there is one line about it. What opens does so neither under another key, nor in another place, nor with another bit.
    /// </summary>
    private static void CheckSealed(ReadOnlySpan<byte> document)
    {
        var isOpen = SealedDocument.TryOpen(Key, Place, document, out var content, out var problem);
        FaultException.Unless(
            isOpen == (problem is null) && isOpen == content is not null, "it opens with a problem, or does not open without one");
        if (!isOpen)
        {
            FaultException.Unless(problem!.Length is > 0 and <= LongestMessage && !problem.Any(char.IsControl), $"\"{problem}\"");
            // What the machine seals itself opens.
            content = document.ToArray();
            document = SealedDocument.Seal(Key, Place, content);
            isOpen = SealedDocument.TryOpen(Key, Place, document, out var again, out _);
            FaultException.Unless(isOpen && again!.AsSpan().SequenceEqual(content), "what was sealed does not open");
        }
        FaultException.Unless(!SealedDocument.TryOpen(Key, Place + "4", document, out _, out _), "it opens in another place");
        FaultException.Unless(!SealedDocument.TryOpen(OtherKey, Place, document, out _, out _), "it opens under another key");
        var changed = document.ToArray();
        changed[content!.Length % changed.Length] ^= 1;
        FaultException.Unless(!SealedDocument.TryOpen(Key, Place, changed, out _, out _), "it opens after it was changed");
    }

    /// <summary>What is read is written the same, where the name is text.</summary>
    private static void CheckContent(byte[] bytes)
    {
        if (NamedContent.Read(bytes) is not var (name, number, content))
            return;
        FaultException.Unless(content.Length <= bytes.Length, "the content is longer than the document");
        var length = Encoding.UTF8.GetByteCount(name);
        if (length > NamedContent.LongestName || name.Contains('\uFFFD', StringComparison.Ordinal))
            return;
        FaultException.Unless(NamedContent.Write(name, number, content.Span).AsSpan().SequenceEqual(bytes), "it is written otherwise");
    }

    /// <summary>Groups that are taken can be used, written and read again.</summary>
    private static void CheckGroups(ReadOnlySpan<byte> json)
    {
        KeptGroups? kept;
        try
        {
            kept = JsonSerializer.Deserialize(json, AccessJson.Default.KeptGroups);
        }
        catch (JsonException)
        {
            return;
        }
        if (kept is null || kept.FindDamage() is not null)
            return;
        var now = DateTimeOffset.UnixEpoch.AddYears(60);
        var book = AccessBook.Empty.Follow(kept.ToBook());
        _ = book.LiveNames(now).Count();
        _ = book.Prune(now).NextEnd(now);
        var written = JsonSerializer.SerializeToUtf8Bytes(KeptGroups.FromBook(book), AccessJson.Default.KeptGroups);
        var again = JsonSerializer.Deserialize(written, AccessJson.Default.KeptGroups);
        FaultException.Unless(
            again is not null && again.FindDamage() is null
            && again.Groups.Zip(book.Groups).All(static pair => pair.First.Name == pair.Second.Name)
            && again.Groups.Count == book.Groups.Count,
            "groups that were taken are not read again");
    }
}
