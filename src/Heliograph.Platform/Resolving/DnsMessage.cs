using System.Buffers.Binary;
using System.Text;

namespace Heliograph.Platform.Resolving;

/// <summary>Writes DNS messages (RFC 1035 section 4, RFC 2136 section 2), without name compression.</summary>
public sealed class DnsWriter
{
    private readonly List<byte> bytes = [];

    public int Length => bytes.Count;

    public DnsWriter Byte(int value)
    {
        bytes.Add((byte)value);
        return this;
    }

    public DnsWriter Short(int value) => Byte(value >> 8).Byte(value);

    public DnsWriter Int(uint value) => Short((int)(value >> 16)).Short((int)value);

    public DnsWriter Raw(ReadOnlySpan<byte> value)
    {
        bytes.AddRange(value);
        return this;
    }

    /// <param name="name">Labels with dots; a trailing dot makes no difference.</param>
    public DnsWriter Name(string name)
    {
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
            Byte(label.Length).Raw(Encoding.ASCII.GetBytes(label));
        return Byte(0);
    }

    /// <summary>Class, type, time to live and data of a record whose name is already written.</summary>
    public DnsWriter Record(int type, int recordClass, uint timeToLive, ReadOnlySpan<byte> data) =>
        Short(type).Short(recordClass).Int(timeToLive).Short(data.Length).Raw(data);

    public byte[] ToArray() => [.. bytes];

    public static byte[] Query(ushort id, string name, int type, bool recursive) => new DnsWriter()
        .Short(id).Short(recursive ? 0x0100 : 0).Short(1).Short(0).Short(0).Short(0)
        .Name(name).Short(type).Short(DnsTypes.In)
        .ToArray();
}

public static class DnsTypes
{
    public const int In = 1;
    public const int None = 254;
    public const int Any = 255;
    public const int A = 1;
    public const int Ns = 2;
    public const int Cname = 5;
    public const int Soa = 6;
    public const int Txt = 16;
    public const int Aaaa = 28;
    public const int Tsig = 250;
}

/// <summary>
/// One resource record of an answer. An NS or CNAME record's data is the name as text; a TXT record's, its strings joined.
/// </summary>
public sealed record DnsRecord(string Name, int Type, byte[] Data, int Start)
{
    /// <summary>How long a resolver may remember it, in seconds.</summary>
    public uint TimeToLive { get; init; }
}

/// <summary>A message from the network: parsed defensively, without exceptions.</summary>
public sealed record DnsAnswer
{
    private const int MaxRecords = 200;
    private const int MaxJumps = 20;

    public required ushort Id { get; init; }

    public required bool Truncated { get; init; }

    /// <summary>The server answers about a zone of its own.</summary>
    public required bool IsAuthoritative { get; init; }

    public required int ResponseCode { get; init; }

    public required IReadOnlyList<DnsRecord> Records { get; init; }

    public required int AnswerCount { get; init; }

    /// <summary>The records of the answer section.</summary>
    public IEnumerable<DnsRecord> Answers => Records.Take(AnswerCount);

    /// <summary>Null if the message is not a valid answer.</summary>
    public static DnsAnswer? Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length < 12 || (message[2] & 0x80) == 0)
            return null;
        var at = 12;
        var questions = Short(message, 4);
        if (questions > 1)
            return null;
        if (questions == 1 && (!TryName(message, ref at, out _) || (at += 4) > message.Length))
            return null;
        var count = Short(message, 6) + Short(message, 8) + Short(message, 10);
        if (count > MaxRecords)
            return null;
        var records = new List<DnsRecord>();
        while (records.Count < count)
        {
            if (!TryRecord(message, ref at, out var record))
                return null;
            records.Add(record);
        }

        return new DnsAnswer
        {
            Id = Short(message, 0),
            Truncated = (message[2] & 0x02) != 0,
            IsAuthoritative = (message[2] & 0x04) != 0,
            ResponseCode = message[3] & 0x0F,
            Records = records,
            AnswerCount = Short(message, 6),
        };
    }

    private static bool TryRecord(ReadOnlySpan<byte> message, ref int at, out DnsRecord record)
    {
        record = null!;
        var start = at;
        if (!TryName(message, ref at, out var name) || at + 10 > message.Length)
            return false;
        var type = Short(message, at);
        var length = Short(message, at + 8);
        var timeToLive = BinaryPrimitives.ReadUInt32BigEndian(message[(at + 4)..]);
        at += 10;
        if (at + length > message.Length)
            return false;
        var data = message.Slice(at, length).ToArray();
        if (type == DnsTypes.Txt)
            data = Join(data);
        if (type is DnsTypes.Ns or DnsTypes.Cname)
        {
            var inside = at;
            if (!TryName(message, ref inside, out var target))
                return false;
            data = Encoding.ASCII.GetBytes(target);
        }

        at += length;
        record = new DnsRecord(name, type, data, start) { TimeToLive = timeToLive };
        return true;
    }

    /// <summary>A TXT record's strings, each preceded by its length.</summary>
    private static byte[] Join(ReadOnlySpan<byte> data)
    {
        var text = new List<byte>();
        while (data.Length > 0 && data[0] < data.Length)
        {
            text.AddRange(data.Slice(1, data[0]));
            data = data[(1 + data[0])..];
        }

        return [.. text];
    }

    public static bool TryName(ReadOnlySpan<byte> message, ref int at, out string name)
    {
        var text = new StringBuilder();
        name = "";
        var position = at;
        for (var jumps = 0; jumps <= MaxJumps;)
        {
            if (position >= message.Length)
                return false;
            int length = message[position];
            if (length >= 0xC0)
            {
                if (position + 1 >= message.Length)
                    return false;
                if (jumps++ == 0)
                    at = position + 2;
                position = Short(message, position) & 0x3FFF;
            }
            else if (length == 0)
            {
                if (jumps == 0)
                    at = position + 1;
                name = text.ToString();
                return true;
            }
            else
            {
                if (length > 63 || position + 1 + length > message.Length || text.Length > 255)
                    return false;
                text.Append(Label(message.Slice(position + 1, length))).Append('.');
                position += 1 + length;
            }
        }

        return false;
    }

    /// <summary>A dot within a label is escaped (RFC 1035 section 5.1), or the label would read as two.</summary>
    private static string Label(ReadOnlySpan<byte> bytes) =>
        Encoding.Latin1.GetString(bytes).ToLowerInvariant().Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace(".", "\\.", StringComparison.Ordinal);

    private static ushort Short(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}
