using System.Globalization;

namespace Heliograph.Relay.Countries;

/// <summary>
/// Reads a database of countries in the MMDB format (MaxMind DB file format 2.0): MaxMind's GeoLite2-Country, DB-IP's and others with the
/// same members. A pure parser.
/// </summary>
/// <remarks>
/// MaxMind's own library for .NET builds the objects of a record for each lookup. Here a lookup is a walk over an array, and whatever is
/// wrong with a file is found before it is used.
/// </remarks>
public static class CountryDatabaseReader
{
    public const int LongestFile = 64_000_000;

    /// <summary>Where the specification wants the last marker, at the latest.</summary>
    private const int LongestMetadata = 128 * 1024;

    private const int Separator = 16;

    /// <summary>Databases of countries have some hundreds; those of cities far more, and cost as much more memory.</summary>
    private const int MostRecords = 100_000;

    private static readonly byte[] Marker = [0xab, 0xcd, 0xef, .. "MaxMind.com"u8];

    /// <param name="file">The whole file.</param>
    /// <param name="problem">Why there is no table.</param>
    public static CountryTable? Read(ReadOnlySpan<byte> file, out string? problem)
    {
        var (found, why) = TryRead(file);
        problem = why;
        return found;
    }

    private static (CountryTable? Table, string? Problem) TryRead(ReadOnlySpan<byte> file)
    {
        var tail = file[Math.Max(0, file.Length - LongestMetadata)..];
        var marker = tail.LastIndexOf(Marker);
        if (marker < 0)
            return (null, "it is no database in the MMDB format; take one such as GeoLite2-Country.mmdb");
        var metadata = new MmdbData(tail[(marker + Marker.Length)..]);
        if (!TryGet(metadata, "binary_format_major_version"u8, out var version) || version != 2)
            return (null, "its format is not version 2 of MMDB");
        if (!TryGet(metadata, "node_count"u8, out var count) || !TryGet(metadata, "record_size"u8, out var size)
            || !TryGet(metadata, "ip_version"u8, out var family) || size is not (24 or 28 or 32) || family is not (4 or 6) || count == 0)
            return (null, "its metadata is damaged; get it again");
        var data = file.Length - tail.Length + marker;
        var tree = count * (long)size / 4;
        if (tree + Separator > data)
            return (null, "it is cut short or damaged; get it again");
        return ReadTree(file[..(int)tree], (int)count, (int)size, new(file[((int)tree + Separator)..data]), family == 6);
    }

    private static bool TryGet(MmdbData metadata, ReadOnlySpan<byte> key, out uint number)
    {
        number = 0;
        return metadata.TryFind(0, key, out var at) && metadata.TryReadNumber(at, out number);
    }

    private static (CountryTable? Table, string? Problem) ReadTree(
        ReadOnlySpan<byte> tree, int count, int size, MmdbData data, bool hasIpv6)
    {
        var nodes = new int[2 * count];
        var countries = new Dictionary<uint, Country>();
        var known = false;
        for (var i = 0; i < nodes.Length; i++)
        {
            var record = ReadRecord(tree, i, size);
            if (record < count)
            {
                nodes[i] = (int)record;
                continue;
            }
            var country = Country.Unknown;
            if (record > count && !countries.TryGetValue(record, out country))
            {
                if (countries.Count == MostRecords)
                    return (null, $"it has more than {MostRecords} records; take one of countries, such as GeoLite2-Country.mmdb");
                if (record < count + Separator
                    || !TryReadCountry(data, (int)Math.Min(int.MaxValue, record - count - Separator), out country))
                    return (null, string.Create(CultureInfo.InvariantCulture, $"node {i / 2} of it is damaged; get it again"));
                countries.Add(record, country);
            }
            known |= country != Country.Unknown;
            nodes[i] = ~country.Index;
        }
        return known ? (new(nodes, hasIpv6), null) : (null, "it has no countries; take one such as GeoLite2-Country.mmdb");
    }

    /// <summary>One of the two of a node, by "Node Layout" of the specification.</summary>
    private static uint ReadRecord(ReadOnlySpan<byte> tree, int index, int size)
    {
        var node = tree.Slice(index / 2 * (size / 4), size / 4);
        var isRight = index % 2 == 1;
        return size switch
        {
            24 => Number(node.Slice(isRight ? 3 : 0, 3)),
            // The middle byte has the highest four bits of both.
            28 => Number(node.Slice(isRight ? 4 : 0, 3)) | ((isRight ? node[3] & 0x0fu : (uint)node[3] >> 4) << 24),
            _ => Number(node.Slice(isRight ? 4 : 0, 4)),
        };
    }

    private static uint Number(ReadOnlySpan<byte> bytes)
    {
        var number = 0u;
        foreach (var one in bytes)
            number = (number << 8) | one;
        return number;
    }

    /// <summary>A network that is not in its country is told by where it is registered.</summary>
    /// <returns>False: there is no map.</returns>
    private static bool TryReadCountry(MmdbData data, int at, out Country country)
    {
        country = Country.Unknown;
        if (!data.TryFollow(at, out var record) || record.Type != MmdbData.Map)
            return false;
        if (data.TryFind(at, "country"u8, out var own) || data.TryFind(at, "registered_country"u8, out own))
            country = Country.FromCode(data.TryFind(own, "iso_code"u8, out var code) ? data.ReadText(code) : data.ReadText(own));
        else if (data.TryFind(at, "country_code"u8, out var alone))
            country = Country.FromCode(data.ReadText(alone));
        return true;
    }
}
