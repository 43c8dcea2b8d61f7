using System.Buffers.Binary;
using System.Net;
using Heliograph.Relay.Countries;
using Heliograph.Relay.Listening;

namespace Heliograph.Relay.Tests.Countries;

/// <summary>Databases that MaxMind's own writer has written: see <c>Fixtures/countries/make.pl</c>.</summary>
public sealed class CountryDatabaseReaderTests
{
    [Theory]
    [InlineData("24")]
    [InlineData("28")]
    [InlineData("32")]
    public void It_finds_the_country_of_an_address_in_databases_of_every_record_size(string size)
    {
        var table = CountryDatabaseReader.Read(Load(size), out var problem)!;
        Assert.Null(problem);
        foreach (var (address, code) in new (string, string)[]
        {
            ("192.0.2.0", "IR"), ("192.0.2.127", "IR"), ("192.0.2.128", "DE"), ("192.0.2.129", "??"), ("::ffff:192.0.2.5", "IR"),
            ("198.51.100.7", "MM"), ("203.0.113.7", "??"), ("10.0.0.1", "??"), ("2001:db8::1", "DE"), ("2001:db8:1::1", "IR"),
            ("2001:db8:2::", "??"), ("::", "??"), ("ffff::", "??"),
        })
            Assert.Equal((address, code), (address, Find(table, address)));
    }

    [Fact]
    public void A_database_of_IPv4_knows_nothing_of_IPv6()
    {
        var table = CountryDatabaseReader.Read(Load("ipv4"), out _)!;
        Assert.Equal(("IR", "??", "??"), (Find(table, "192.0.2.1"), Find(table, "192.0.3.1"), Find(table, "c000:201::")));
    }

    [Fact]
    public void What_is_no_such_database_is_refused_in_words()
    {
        Assert.Equal("it is no database in the MMDB format; take one such as GeoLite2-Country.mmdb", Refuse([]));
        Assert.Equal("it is no database in the MMDB format; take one such as GeoLite2-Country.mmdb", Refuse("PK\u0003\u0004"u8));
        var whole = Load("24");
        var marker = whole.AsSpan().LastIndexOf("MaxMind.com"u8) - 3;
        Assert.Equal("it is cut short or damaged; get it again", Refuse(whole.AsSpan(marker)));
        Assert.Equal("its format is not version 2 of MMDB", Refuse(whole.AsSpan(0, marker + 14)));
        var damaged = (byte[])[.. whole];
        damaged[0] = 0xff;
        Assert.Equal("node 0 of it is damaged; get it again", Refuse(damaged));
    }

    [Fact]
    public void Metadata_that_names_a_size_of_records_which_the_format_does_not_have_is_damaged() =>
        Assert.Equal("its metadata is damaged; get it again", Refuse(Write(records: 2, recordSize: 25)));

    [Fact]
    public void A_database_may_have_a_hundred_thousand_records_and_has_to_name_a_country()
    {
        Assert.Equal("it has no countries; take one such as GeoLite2-Country.mmdb", Refuse(Write(records: 100_000)));
        Assert.Equal(
            "it has more than 100000 records; take one of countries, such as GeoLite2-Country.mmdb", Refuse(Write(records: 100_002)));
    }

    /// <summary>Every byte of it set to values that mean something: it is refused, or every address is looked up in bounded time.</summary>
    [Fact]
    public void A_database_that_is_one_byte_off_anywhere_is_refused_or_answers()
    {
        foreach (var size in (string[])["24", "28"])
        {
            var whole = Load(size);
            for (var at = 0; at < whole.Length; at++)
            {
                foreach (var value in (byte[])[0, 0x20, 0x3f, 0x7f, 0xe0, 0xff])
                {
                    var damaged = (byte[])[.. whole];
                    damaged[at] = value;
                    if (CountryDatabaseReader.Read(damaged, out var problem) is { } table)
                        Assert.All(
                            (string[])["192.0.2.1", "2001:db8::1", "ffff::"], address => Assert.Equal(2, Find(table, address).Length));
                    else
                        Assert.DoesNotContain(problem!, char.IsControl);
                }
            }
        }
    }

    [Fact]
    public void A_lookup_allocates_nothing()
    {
        var table = CountryDatabaseReader.Read(Load("28"), out _)!;
        var address = SourceAddress.FromIpv4([192, 0, 2, 1]);
        _ = table.Find(address);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0L;
        for (var i = 0; i < 1000; i++)
            sum += table.Find(address).Index;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0, sum);
    }

    /// <summary>A database whose records are empty maps, two for each node of its tree, by the specification.</summary>
    private static byte[] Write(int records, byte recordSize = 32)
    {
        var nodes = records / 2;
        var tree = new byte[records * 4];
        for (var i = 0; i < records; i++)
            BinaryPrimitives.WriteInt32BigEndian(tree.AsSpan(4 * i), nodes + 16 + i);
        var data = new byte[records];
        data.AsSpan().Fill(0xe0);
        var count = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(count, nodes);
        return
        [
            .. tree, .. new byte[16], .. data, 0xab, 0xcd, 0xef, .. "MaxMind.com"u8, 0xe4,
            0x5b, .. "binary_format_major_version"u8, 0xa1, 2,
            0x4a, .. "node_count"u8, 0xc4, .. count,
            0x4b, .. "record_size"u8, 0xa1, recordSize,
            0x4a, .. "ip_version"u8, 0xa1, 6,
        ];
    }

    private static string? Refuse(ReadOnlySpan<byte> file)
    {
        Assert.Null(CountryDatabaseReader.Read(file, out var problem));
        return problem;
    }

    private static string Find(CountryTable table, string address)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        return table.Find(bytes.Length == 4 ? SourceAddress.FromIpv4(bytes) : SourceAddress.FromIpv6(bytes)).Code;
    }

    private static byte[] Load(string name) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "countries", $"countries-{name}.mmdb"));
}
