using System.Net;
using System.Text;
using Heliograph.Relay.Access;

namespace Heliograph.Relay.Tests.Access;

/// <summary>Lists of prefixes as they are published.</summary>
public sealed class PrefixListReaderTests
{
    [Fact]
    public void It_reads_what_FireHOL_Spamhaus_and_ipdeny_publish()
    {
        const string FireHol = "#\n# firehol_level1\n# Maintainer : FireHOL\n#\n198.18.0.0/15\n203.0.113.9\n";
        const string Spamhaus =
            "; Spamhaus DROP List\r\n; Expires: Fri, 27 Nov 2026 20:00:00 GMT\r\n192.0.2.0/24 ; SBL256894\r\n2001:db8::/32 ; SBL1\r\n";
        const string Ipdeny = "198.51.100.0/25\n198.51.100.128/25";
        var set = Read($"\uFEFF{FireHol}\n \t{Spamhaus}{Ipdeny}", out var count)!;
        Assert.Equal(6, count);
        foreach (var address in (string[])["198.19.0.1", "203.0.113.9", "192.0.2.1", "2001:db8::1", "198.51.100.1", "198.51.100.200"])
            Assert.True(set.Contains(IPAddress.Parse(address)), address);
        Assert.False(set.Contains(IPAddress.Parse("203.0.113.8")));
    }

    [Fact]
    public void Low_bits_of_a_prefix_mean_nothing_and_a_mapped_address_is_an_IPv4_one()
    {
        var set = Read("192.0.2.77/24\n::ffff:198.51.100.0/120\n2001:db8::1/32", out _)!;
        Assert.True(set.Contains(IPAddress.Parse("192.0.2.1")));
        Assert.True(set.Contains(IPAddress.Parse("198.51.100.9")));
        Assert.True(set.Contains(IPAddress.Parse("2001:db8:ffff::")));
    }

    [Theory]
    [InlineData("192.0.2.0/24\n<!DOCTYPE html>", "line 2 is \"<!DOCTYPE html>\", which is none")]
    [InlineData("192.0.2.0/33", "line 1 is \"192.0.2.0/33\", whose length is none")]
    [InlineData("192.0.2.0/08", "line 1 is \"192.0.2.0/08\", whose length is none")]
    [InlineData("192.0.2.0/", "line 1 is \"192.0.2.0/\", whose length is none")]
    [InlineData("010.0.0.1", "line 1 is \"010.0.0.1\", which is none")]
    [InlineData("192.0.2.1-192.0.2.9", "line 1 is \"192.0.2.1-192.0.2.9\", which is none")]
    [InlineData("192.0.2.1 SBL1", "line 1 is \"192.0.2.1 SBL1\", which is none")]
    [InlineData("\u0001\u00ff", "line 1 is \"???\", which is none")]
    [InlineData("0.0.0.0/0", "line 1 is \"0.0.0.0/0\", the whole internet, which is sources.block: all")]
    [InlineData("::ffff:0:0/96", "line 1 is \"::ffff:0:0/96\", the whole internet, which is sources.block: all")]
    public void One_line_that_is_wrong_refuses_the_list_with_its_number_and_what_is_allowed(string text, string problem)
    {
        Assert.Null(PrefixListReader.Read(Encoding.UTF8.GetBytes(text), PrefixListReader.MostPrefixes, out _, out var told));
        Assert.Equal(problem + "; allowed: an address or a prefix such as 192.0.2.0/24 or 2001:db8::/32", told);
    }

    [Fact]
    public void A_list_has_no_more_prefixes_and_no_longer_lines_than_it_may()
    {
        Assert.NotNull(PrefixListReader.Read("192.0.2.1\n192.0.2.3"u8, 2, out var count, out _));
        Assert.Equal(2, count);
        Assert.Null(PrefixListReader.Read("192.0.2.1\n192.0.2.3\n192.0.2.5"u8, 2, out _, out var problem));
        Assert.Equal("it has more than 2 prefixes, and all lists together may have 1000000", problem);
        Assert.NotNull(Read("#" + new string('x', 1023), out _));
        Assert.Null(PrefixListReader.Read(Encoding.ASCII.GetBytes("#" + new string('x', 1024)), 2, out _, out problem));
        Assert.Equal("line 1 is longer than 1024 bytes", problem);
        Assert.Null(PrefixListReader.Read(new byte[64_000_001], 2, out _, out problem));
        Assert.Equal("it is longer than 64 MB", problem);
    }

    private static PrefixSet? Read(string text, out int count) =>
        PrefixListReader.Read(Encoding.UTF8.GetBytes(text), PrefixListReader.MostPrefixes, out count, out _);
}
