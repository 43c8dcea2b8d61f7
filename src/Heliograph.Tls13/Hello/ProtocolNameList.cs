using System.Text;

namespace Heliograph.Tls13.Hello;

/// <summary>The data of the application_layer_protocol_negotiation extension (RFC 7301 section 3.1).</summary>
internal static class ProtocolNameList
{
    /// <summary>Takes the entries, each a length of one byte and a name that is not empty.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> names)
    {
        var extension = new PartialReader(data, data.Length);
        if (!extension.TryReadVector16(2, out names) || extension.Remaining > 0)
            return false;

        var entries = new PartialReader(names, names.Length);
        while (entries.Remaining > 0)
        {
            if (!entries.TryReadVector8(1, byte.MaxValue, out _))
                return false;
        }

        return true;
    }

    public static IReadOnlyList<string> ToStrings(ReadOnlySpan<byte> validNames)
    {
        var count = 0;
        for (var rest = validNames; !rest.IsEmpty; rest = rest[(1 + rest[0])..])
            count++;
        if (count == 0)
            return [];

        var protocols = new string[count];
        foreach (ref var protocol in protocols.AsSpan())
        {
            protocol = ToString(validNames.Slice(1, validNames[0]));
            validNames = validNames[(1 + validNames[0])..];
        }

        return protocols;
    }

    // A protocol's name is bytes, not text (RFC 7301 section 3.1; GREASE makes use of it): Latin-1 keeps each of them.
    private static string ToString(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("h2"u8) ? "h2"
        : name.SequenceEqual("http/1.1"u8) ? "http/1.1"
        : Encoding.Latin1.GetString(name);
}
