using System.Buffers.Binary;

namespace Heliograph.Demo;

/// <summary>A TLS record on the wire: its header is the part that is never encrypted (RFC 8446 section 5).</summary>
/// <param name="Type">The content type.</param>
/// <param name="Bytes">Header and fragment.</param>
internal readonly record struct TlsRecord(byte Type, ReadOnlyMemory<byte> Bytes)
{
    public const int HeaderLength = 5;
    public const byte ApplicationData = 23;

    public ReadOnlyMemory<byte> Fragment => Bytes[HeaderLength..];

    public string TypeName => Type switch
    {
        20 => "change_cipher_spec",
        21 => "alert",
        22 => "handshake",
        ApplicationData => "application_data",
        _ => $"type {Type}",
    };

    /// <exception cref="InvalidDataException">The bytes are not TLS records from the first to the last.</exception>
    public static IReadOnlyList<TlsRecord> ReadAll(ReadOnlyMemory<byte> bytes)
    {
        var records = new List<TlsRecord>();
        for (var rest = bytes; !rest.IsEmpty; rest = rest[records[^1].Bytes.Length..])
        {
            var header = rest.Span;
            var length = header.Length < HeaderLength ? int.MaxValue : HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
            if (length > rest.Length || header[0] is < 20 or > ApplicationData || header[1] != 3)
                throw new InvalidDataException($"byte {bytes.Length - rest.Length:N0} begins no whole TLS record");
            records.Add(new TlsRecord(header[0], rest[..length]));
        }
        return records;
    }
}
